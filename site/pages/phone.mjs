// phone.html: MobileNet and its dense twin, timed in the browser of whoever opens the page.
import { by, called, describe, drawBeside } from "./beside.mjs";
import { showCommands } from "./commands.mjs";
import { read } from "./engine.mjs";
import * as lines from "./line.mjs";
import * as measuring from "./measuring.mjs";
import { $, fill, keepOffline, make, megabytes, refocus, say, sentence, short } from "./page.mjs";
import { drawn } from "./qr.mjs";
import { KINDS, measured, Wrong } from "./running.mjs";

const LAYERS = ["standard", "pointwise", "depthwise"];
const HEAVY = 60e6; // bytes of a network that a phone's tab may not hold
const ENGINE = "LiteRT.js 2.5.3";
const KEPT = "dwsep-phone";
const NATIVE = ["dense", "separable"];
const ANOTHER =
  "The times without a browser were those of another network: they aren’t in the line any more.";

const { dataset: set } = document.querySelector("main"); // how long to measure, in seconds
const choice = $("choice");
const about = $("about");
let index;
let recorded;
let own; // the line's fields, once there is a measurement
let shared; // what came with the link
let cancel;

const entries = (name, type) => index.networks.filter((n) => n.name === name && n.type === type);

function ofKind(name, type) {
  return Object.fromEntries(entries(name, type).map((entry) => [entry.kind, entry]));
}

function chosen() {
  const { network, type, by, layers, minute } = choice.elements;
  return {
    name: network.value,
    type: type.value,
    graphics: by.value === "webgpu",
    layers: layers.checked,
    minute: minute.checked,
  };
}

/** What a measurement runs: by name, the index's entries. */
function contenders({ name, type, layers }) {
  const found = ofKind(name, type);
  const single = layers ? index.layers.filter((layer) => layer.type === type) : [];
  return {
    ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, found[kind]])),
    ...Object.fromEntries(
      LAYERS.flatMap((kind) =>
        single.filter((layer) => layer.kind === kind).map((layer) => [kind, layer]),
      ),
    ),
  };
}

const inAll = (files) =>
  Object.values(files).reduce((sum, { bytes }) => sum + bytes, Number(set.engineBytes));

function showChoice() {
  const wanted = chosen();
  const { dense, separable } = ofKind(wanted.name, wanted.type);
  const bytes = inAll(contenders(wanted));
  const heavy =
    dense.unpacked > HEAVY
      ? ` The dense network takes ${megabytes(dense.unpacked)} of memory: a phone may close the tab.`
      : "";
  say(`Fetches ${megabytes(bytes)}, the engine included.${heavy}`, $("weight"));
  say(
    `MobileNet makes ${short(dense.macs / separable.macs)} times fewer MACs at this size. How many times as fast is it?`,
    $("promise"),
  );
  for (const [kind, entry] of Object.entries({ dense, separable }))
    $(`file-${kind}`).href = `models/${entry.file}`;
  showCommands(wanted.type, dense, separable);
}

async function fields(wanted, { found, build, error }) {
  const [device, browser] = await lines.words();
  const told = Object.fromEntries(
    Object.entries(found).map(([name, times]) => [name, measuring.told(times)]),
  );
  const { dense, separable, ...layers } = told;
  const heat = (name) => measuring.warming(found[name], wanted.seconds);
  return {
    dwsep: lines.VERSION,
    network: wanted.name,
    type: wanted.type,
    dense,
    separable,
    ...(wanted.layers && { layers }),
    ...(wanted.minute && {
      minute: { seconds: wanted.seconds, dense: heat("dense"), separable: heat("separable") },
    }),
    right: true,
    error: measuring.digits(error, 2),
    hidden: false,
    clock_ms: measuring.tick(),
    engine: ENGINE,
    build,
    threads: 1,
    cores: navigator.hardwareConcurrency ?? null,
    device,
    browser,
    date: new Date().toISOString().slice(0, 10),
  };
}

async function go(event) {
  event.preventDefault();
  if (!index || cancel) return;
  cancel = new AbortController();
  const { signal } = cancel;
  const noticed = () =>
    document.hidden &&
    cancel.abort(
      new Wrong(
        "The page was in the background, where browsers slow it down, so the measurement was stopped. Measure again, with the page in front.",
      ),
    );
  document.addEventListener("visibilitychange", noticed);
  working(true);
  try {
    noticed();
    signal.throwIfAborted();
    const picked = chosen();
    const files = contenders(picked);
    const wanted = {
      ...picked,
      seconds: Number(picked.minute ? set.minute : set.seconds),
      tolerance: index.tolerance,
      inAll: inAll(files),
    };
    const measurement = await measured(files, wanted, signal, tell);
    signal.throwIfAborted();
    own = await fields(wanted, measurement);
    about.elements.device.value ||= own.device; // a name that was typed stays
    say(dropNative() ? ANOTHER : completed()[1], $("unread"));
    showResult(); // the line gets what was typed
    keep();
    say("Done: the result is below.");
    $("result-title").focus();
  } catch (wrong) {
    if (wrong?.name !== "AbortError") {
      own = undefined;
      forget();
      showResult();
    } // who cancels keeps what was measured before
    say(wrong instanceof Wrong ? wrong.message : sentence(wrong));
  } finally {
    document.removeEventListener("visibilitychange", noticed);
    cancel = undefined;
    working(false);
  }
}

function tell(says, share) {
  if ($("state").textContent !== says) say(says); // a screen reader hears each once
  $("progress").value = share;
}

function working(on) {
  $("work").hidden = $("stop").hidden = !on;
  $("go").disabled = on;
  for (const field of choice.querySelectorAll("select, input")) field.disabled = on;
  $("progress").value = 0;
  if (on) return;
  onChoice();
  refocus($("go"));
}

function showResult() {
  $("result").hidden = $("own-line").hidden = !own;
  if (own) {
    const { dense, separable } = ofKind(own.network, own.type);
    const times = own.dense.best / own.separable.best;
    say(
      `MobileNet is ${short(times)} times as fast as its dense twin here. It makes ${short(dense.macs / separable.macs)} times fewer MACs.`,
      $("verdict"),
    );
    fill(
      $("times"),
      Object.keys(KINDS).map((kind) =>
        row(KINDS[kind], own[kind], own[kind].calls.toLocaleString("en-US")),
      ),
    );
    $("layers-part").hidden = !own.layers;
    if (own.layers)
      fill(
        $("layer-times"),
        index.layers
          .filter(({ kind, type }) => own.layers[kind] && type === own.type)
          .map(({ kind, macs }) => row(kind, own.layers[kind], short(macs / 1e6))),
      );
    showHeat();
    const processor =
      own.build === "WebGPU"
        ? "on the graphics processor, by WebGPU"
        : `on one thread of the processor, ${own.build}`;
    const clock = own.clock_ms >= 0.1 ? `The clock ticks every ${short(own.clock_ms)} ms.` : "";
    say(
      `${describe(own)}, ${own.engine}, ${processor}, in ${own.browser}. Its numbers are the course’s${own.type === "i8" ? " to the bit" : `, to ${own.error || 0} of the largest`}. ${clock}`,
      $("how"),
    );
    showLine();
  }
  showBeside();
}

function showBeside() {
  const of = own ?? shared;
  $("beside").hidden = !of;
  if (!of) return;
  const { dense, separable } = ofKind(of.network, of.type);
  drawBeside({ own, shared, recorded, macs: dense && dense.macs / separable.macs });
}

const row = (name, { best, median, p90 }, last) => [
  name,
  short(best),
  short(median),
  short(p90),
  last,
];

function showHeat() {
  $("heat").hidden = !own.minute;
  if (!own.minute) return;
  const part = (kind) =>
    `${KINDS[kind]}, ${short(own.minute[kind].first)} ms at first and ${short(own.minute[kind].last)} at the end`;
  say(
    `Over ${own.minute.seconds} seconds, medians of the first sixth and of the last: ${part("dense")}; ${part("separable")}.`,
    $("heat"),
  );
}

/** The line with what the reader adds, names, a year, times taken without a browser; and what of
 * these isn’t in it. */
function completed() {
  const { device, tool } = about.elements;
  const unread = [];
  const number = (name, fits, what) => {
    const typed = about.elements[name].value.trim();
    const value = Number(typed.replace(",", "."));
    const either = /^[1-9]\d{0,2},\d{3}$/.test(typed);
    if (either) unread.push(`“${typed}” could be ${typed.replace(",", "")} or ${value}: write one of them`);
    else if (typed && fits(value)) return value;
    else if (typed) unread.push(`“${typed}” is no ${what}`);
  };
  const whole = (least, most) => (value) =>
    Number.isInteger(value) && value >= least && value <= most;
  const plain = (text) =>
    text
      .replace(/[^\p{L}\p{N} .+()/-]/gu, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 40);
  const line = { ...own, device: plain(device.value) || own.device, browser: plain(own.browser) };
  delete line.native;
  line.year = number("year", whole(1990, 2100), "year such as 2023");
  const [dense, separable] = NATIVE.map((kind) =>
    number(`native-${kind}`, lines.isTime, "time in milliseconds such as 6.5"),
  );
  const threads = number("native-threads", whole(1, 1024), "number of threads such as 4") ?? 1;
  if (dense && separable) line.native = { tool: tool.value, dense, separable, threads };
  else if ((dense || separable) && !unread.length) unread.push("one network’s time is lacking");
  return [line, unread.length ? `Not all is in the line: ${unread.join("; ")}.` : ""];
}

/** Empty the fields of times without a browser that were another network's; was there one? */
function dropNative() {
  const of = describe(own);
  const typed = NATIVE.map((kind) => about.elements[`native-${kind}`]).filter(({ value }) => value);
  const others = about.dataset.of && about.dataset.of !== of ? typed : [];
  about.dataset.of = of;
  for (const field of others) field.value = "";
  return others.length > 0;
}

function showLine() {
  [own] = completed();
  $("line").textContent = JSON.stringify(own);
  $("link").hidden = true; // it holds an earlier line
}

function keep() {
  try {
    sessionStorage[KEPT] = JSON.stringify(own);
  } catch {
    // A browser that keeps nothing: after a reload one measures again.
  }
}

function forget() {
  try {
    delete sessionStorage[KEPT];
  } catch {
    // Nothing was kept.
  }
}

/** Copy the line or the link. Over http, as “make site” serves the page, only the old way is open. */
async function copy(name) {
  const place = $(name);
  let done = `The ${name} is copied.`;
  try {
    await navigator.clipboard.writeText(place.textContent);
  } catch {
    place.hidden = false;
    getSelection().selectAllChildren(place);
    if (!document.execCommand("copy"))
      done = `This browser doesn’t let a page copy here. The ${name} is selected: copy it by hand.`;
  }
  say(done, $("copied"));
}

async function share() {
  const address = lines.link($("line").textContent);
  $("link").textContent = address;
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ title: "MobileNet on my device", url: address });
      return;
    } catch (wrong) {
      if (wrong.name === "AbortError") return;
    }
  }
  await copy("link");
}

function receive() {
  const text = lines.carried();
  shared = undefined;
  $("shared").hidden = !text;
  if (!text) return;
  try {
    shared = lines.read(text);
    say(
      `Shared with you: ${shared.device}${by(shared)}, ${describe(shared)}: dense ${short(shared.dense.best)} ms, separable ${short(shared.separable.best)} ms, ${short(shared.times)} times as fast.`,
      $("shared"),
    );
  } catch (wrong) {
    say(`The link holds a measurement that can’t be shown: ${wrong.message}.`, $("shared"));
  }
}

function showShared() {
  receive();
  showBeside();
  if ($("beside").hidden && !$("shared").hidden) say($("shared").textContent);
}

function restore() {
  try {
    own = sessionStorage[KEPT] && JSON.parse(sessionStorage[KEPT]);
    if (own && !ofKind(lines.read(JSON.stringify(own)).network, own.type).dense) own = undefined;
  } catch {
    own = undefined;
  }
  if (!own) return;
  about.elements.device.value = own.device;
  about.elements.year.value = own.year ?? "";
  about.dataset.of = describe(own);
  if (!own.native) return;
  about.elements.tool.value = own.native.tool;
  for (const kind of [...NATIVE, "threads"])
    about.elements[`native-${kind}`].value = own.native[kind];
}

async function offer() {
  const names = [...new Map(index.networks.map((entry) => [entry.name, entry])).values()];
  const [first] = index.default;
  choice.elements.network.replaceChildren(
    ...names.map((entry) =>
      make(
        "option",
        { value: entry.name, ...(entry.name === first && { selected: "" }) },
        called(entry),
      ),
    ),
  );
  $("processors").hidden = !(
    "gpu" in navigator && (await navigator.gpu.requestAdapter().catch(() => null))
  );
  choice.addEventListener("change", onChoice);
  onChoice();
  $("go").disabled = false;
}

/** Graphics processors compute floats here; eight bits are for processors. */
function onChoice() {
  const { by, type } = choice.elements;
  if (by.value === "webgpu") type.value = "f32";
  for (const radio of type) radio.disabled = radio.value === "i8" && by.value === "webgpu";
  showChoice();
}

function showAddress() {
  const address = location.href.split("#")[0];
  const local = /^(localhost|127\.|\[::1\])/.test(location.hostname);
  say(
    local
      ? "This page is served by this very computer, where no other device finds it. The course’s command “make site” prints an address, and its QR code, for the network you are in."
      : `The camera of a phone reads it: ${address}`,
    $("address"),
  );
  if (!local) $("qr").replaceChildren(drawn(address));
}

choice.addEventListener("submit", go);
$("stop").addEventListener("click", () => cancel?.abort());
about.addEventListener("submit", (event) => event.preventDefault());
about.addEventListener("input", () => {
  showLine();
  keep();
  showBeside();
  if (!completed()[1]) say("", $("unread"));
});
about.addEventListener("change", () => say(completed()[1], $("unread")));
$("copy").addEventListener("click", () => copy("line"));
$("share").addEventListener("click", share);
addEventListener("hashchange", showShared);

try {
  [index, recorded] = await Promise.all(["index.json", "recorded.json"].map((name) => read(name)));
  await offer();
  keepOffline();
  restore();
  receive();
  showResult();
  showAddress();
  if (!own && !shared && !$("shared").hidden) say($("shared").textContent);
} catch (wrong) {
  say(sentence(wrong));
}
