// phone.html: MobileNet and its dense twin, timed in the browser of whoever opens the page.
import { network, read, start } from "./engine.mjs";
import * as lines from "./line.mjs";
import * as measuring from "./measuring.mjs";
import { $, bars, fill, keepOffline, make, megabytes, say, sentence, short } from "./page.mjs";
import { drawn } from "./qr.mjs";

const KINDS = { dense: "dense twin", separable: "MobileNet" };
const LAYERS = ["standard", "pointwise", "depthwise"];
const TYPES = { f32: "float32", i8: "int8" };
const HEAVY = 60e6; // bytes of a network that a phone's tab may not hold
const ENGINE = "LiteRT.js 2.5.3";
const KEPT = "dwsep-phone";

const { dataset: set } = document.querySelector("main"); // how long to measure, in seconds
const choice = $("choice");
const about = $("about");
let index;
let recorded;
let own; // the line's fields, once there is a measurement
let shared; // what came with the link
let cancel;

const entries = (name, type) => index.networks.filter((n) => n.name === name && n.type === type);
const called = ({ width, resolution }) => `α = ${width}, ${resolution}×${resolution}`;

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
    ...Object.fromEntries(LAYERS.flatMap((kind) => single.filter((layer) => layer.kind === kind).map((layer) => [kind, layer]))),
  };
}

function showChoice() {
  const wanted = chosen();
  const { dense, separable } = ofKind(wanted.name, wanted.type);
  const files = Object.values(contenders(wanted));
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, Number(set.engineBytes));
  const heavy = dense.unpacked > HEAVY ? ` The dense network takes ${megabytes(dense.unpacked)} of memory: a phone may close the tab.` : "";
  say(`Fetches ${megabytes(bytes)}, the engine included.${heavy}`, $("weight"));
  say(`MobileNet makes ${short(dense.macs / separable.macs)} times fewer MACs at this size. How many times as fast is it?`, $("promise"));
  for (const [kind, entry] of Object.entries({ dense, separable })) $(`file-${kind}`).href = `models/${entry.file}`;
  showCommands(dense, separable);
}

function showCommands(...files) {
  const [dense, separable] = files.map(({ file }) => file.replace(/\.gz$/, ""));
  $("litert").textContent = [
    `gunzip ${dense}.gz ${separable}.gz`,
    `adb push benchmark_model ${dense} ${separable} /data/local/tmp/`,
    "adb shell chmod +x /data/local/tmp/benchmark_model",
    ...[dense, separable].map((file) => `adb shell /data/local/tmp/benchmark_model --graph=/data/local/tmp/${file} --num_threads=1 --num_runs=50`),
  ].join("\n");
  const [{ width, resolution }] = files;
  $("pte").textContent = `import torch
from dwsep_helpers.hardware import export
from dwsep_helpers.mobilenet import MobileNetV1

for name, separable in (("dense", False), ("separable", True)):
    network = MobileNetV1(width_multiplier=${width}, separable=separable).eval()
    program = export.export(network, torch.rand(1, 3, ${resolution}, ${resolution}))
    open(f"{name}.pte", "wb").write(program.buffer)`;
  $("executorch").textContent = [
    "cmake -B cmake-out-android -DCMAKE_BUILD_TYPE=Release -DANDROID_ABI=arm64-v8a \\",
    "  -DCMAKE_TOOLCHAIN_FILE=$ANDROID_NDK/build/cmake/android.toolchain.cmake \\",
    "  -DEXECUTORCH_BUILD_XNNPACK=ON -DEXECUTORCH_ENABLE_LOGGING=ON \\",
    "  -DEXECUTORCH_BUILD_EXECUTOR_RUNNER=ON -DEXECUTORCH_BUILD_EXTENSION_EVALUE_UTIL=ON .",
    "cmake --build cmake-out-android --target executor_runner",
    "adb push cmake-out-android/executor_runner dense.pte separable.pte /data/local/tmp/",
    ...["dense", "separable"].map((name) => `adb shell /data/local/tmp/executor_runner --model_path=/data/local/tmp/${name}.pte --num_executions=50 --cpu_threads=1`),
  ].join("\n");
}

/** Fetch the networks, and refuse one whose numbers aren't the course's. */
async function prepared(files, graphics, signal, got) {
  const ready = {};
  let worst = 0;
  for (const [name, file] of Object.entries(files)) {
    ready[name] = await network(file.file, file.input, { graphics, signal, got });
    signal.throwIfAborted();
    const count = file.input.reduce((product, size) => product * size, 1);
    await ready[name].set(measuring.numbers(file.seed, count));
    const [numbers] = await ready[name].outputs();
    const error = measuring.off(file.expected, file.largest, numbers);
    if (!measuring.isRight(file.type, error, index.tolerance)) {
      free(ready);
      const by = file.type === "i8" ? "not to the bit" : `by ${error.toExponential(0)} of the largest`;
      throw new Wrong(`The ${KINDS[name] ?? `${name} layer`} computes other numbers here than the course’s (they differ ${by}). So no time is shown: it would be that of something else.`);
    }
    worst = Math.max(worst, error);
  }
  return [ready, worst];
}

class Wrong extends Error {}

const free = (ready) => Object.values(ready).forEach((one) => one.free());

/** Keep the screen on, where a browser lets a page: one that goes dark ends the measurement. */
const awake = async () => navigator.wakeLock?.request("screen").catch(() => null);

async function measured(wanted, signal) {
  const files = contenders(wanted);
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, Number(set.engineBytes));
  let come = 0;
  const got = (bytes) => {
    come += bytes;
    $("progress").value = Math.min(0.3, (0.3 * come) / total);
  };
  say("Fetching the engine and the networks …");
  const build = await start({ got, signal });
  const [ready, error] = await prepared(files, wanted.graphics, signal, got);
  const screen = awake(); // not waited for: some browsers ask first
  try {
    say(wanted.minute ? "The numbers are right. Measuring for a minute …" : "The numbers are right. Measuring …");
    const time = Number(wanted.minute ? set.minute : set.seconds);
    const found = await measuring.inTurns(ready, time, {
      tell: (share) => ($("progress").value = 0.3 + 0.7 * share),
      stopped: () => signal.throwIfAborted(),
    });
    return { found, build: wanted.graphics ? "WebGPU" : build, error, time };
  } finally {
    free(ready);
    screen.then((lock) => lock?.release());
  }
}

async function fields(wanted, { found, build, error, time }) {
  const [device, browser] = await lines.words();
  const told = Object.fromEntries(Object.entries(found).map(([name, times]) => [name, measuring.told(times)]));
  const { dense, separable, ...layers } = told;
  const heat = (name) => measuring.warming(found[name], time);
  return {
    dwsep: lines.VERSION,
    network: wanted.name,
    type: wanted.type,
    dense,
    separable,
    ...(wanted.layers && { layers }),
    ...(wanted.minute && { minute: { seconds: time, dense: heat("dense"), separable: heat("separable") } }),
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
  const noticed = () => document.hidden && cancel.abort(new Wrong("The page was in the background, where browsers slow it down, so the measurement was stopped. Measure again, with the page in front."));
  document.addEventListener("visibilitychange", noticed);
  working(true);
  try {
    noticed();
    signal.throwIfAborted();
    const wanted = chosen();
    const measurement = await measured(wanted, signal);
    signal.throwIfAborted();
    own = await fields(wanted, measurement);
    about.elements.device.value = own.device;
    keep();
    showResult();
    say("Done: the result is below.");
    $("result-title").focus();
  } catch (wrong) {
    own = undefined;
    forget();
    showResult();
    say(wrong instanceof Wrong ? wrong.message : sentence(wrong));
  } finally {
    document.removeEventListener("visibilitychange", noticed);
    cancel = undefined;
    working(false);
  }
}

function working(on) {
  $("work").hidden = $("stop").hidden = !on;
  $("go").disabled = on;
  for (const field of choice.querySelectorAll("select, input")) field.disabled = on;
  $("progress").value = 0;
}

function showResult() {
  $("result").hidden = $("own-line").hidden = !own;
  if (own) {
    const { dense, separable } = ofKind(own.network, own.type);
    const times = own.dense.best / own.separable.best;
    say(`MobileNet is ${short(times)} times as fast as its dense twin here. It makes ${short(dense.macs / separable.macs)} times fewer MACs.`, $("verdict"));
    fill($("times"), Object.keys(KINDS).map((kind) => row(KINDS[kind], own[kind], own[kind].calls.toLocaleString("en-US"))));
    $("layers-part").hidden = !own.layers;
    if (own.layers) fill($("layer-times"), index.layers.filter(({ kind, type }) => own.layers[kind] && type === own.type).map(({ kind, macs }) => row(kind, own.layers[kind], short(macs / 1e6))));
    showHeat();
    const by = own.build === "WebGPU" ? "on the graphics processor, by WebGPU" : `on one thread of the processor, ${own.build}`;
    const clock = own.clock_ms >= 0.1 ? `The clock ticks every ${short(own.clock_ms)} ms.` : "";
    say(`${describe(own)}, ${own.engine}, ${by}, in ${own.browser}. Its numbers are the course’s${own.type === "i8" ? " to the bit" : `, to ${own.error || 0} of the largest`}. ${clock}`, $("how"));
    showLine();
  }
  showBeside();
}

const row = (name, { best, median, p90 }, last) => [name, short(best), short(median), short(p90), last];

function showHeat() {
  $("heat").hidden = !own.minute;
  if (!own.minute) return;
  const part = (kind) => `${KINDS[kind]}, ${short(own.minute[kind].first)} ms at first and ${short(own.minute[kind].last)} at the end`;
  say(`Over ${own.minute.seconds} seconds, medians of the first sixth and of the last: ${part("dense")}; ${part("separable")}.`, $("heat"));
}

function showBeside() {
  const of = own ?? shared;
  $("beside").hidden = !of;
  if (!of) return;
  const { dense, separable } = ofKind(of.network, of.type);
  const rows = recorded.bars.map(({ says, times, ...bar }) => ({ ...bar, name: says, value: times }));
  if (shared) rows.unshift({ ...shared, name: `${shared.device}, shared with you`, value: shared.times, kind: "shared" });
  if (own?.native) rows.unshift({ ...own, name: `here, by ${own.native.tool}`, value: own.native.dense / own.native.separable, kind: "here" });
  if (own) rows.unshift({ ...own, name: "here", value: own.dense.best / own.separable.best, kind: "here" });
  if (dense) rows.unshift({ ...of, name: "what the MACs promise", value: dense.macs / separable.macs, kind: "macs" });
  const most = Math.max(...rows.map(({ value }) => value));
  const group = ([first, ...others]) => [
    make("h3", {}, describe(first)),
    bars([first, ...others].map((bar) => ({ ...bar, says: `${short(bar.value)} times` })), most),
  ];
  const groups = [...new Set(rows.map(describe))].map((name) => rows.filter((bar) => describe(bar) === name));
  const sized = (same) => groups.filter(([bar]) => (bar.network === of.network) === same).flatMap(group);
  $("bars").replaceChildren(
    make("p", { class: "quiet" }, "How many times as fast MobileNet is as its dense twin:"),
    ...sized(true),
    make("details", {}, make("summary", {}, "Other widths and images"), ...sized(false)),
  );
  $("sources").replaceChildren(...[...new Set(recorded.bars.map(({ source }) => source))].map((source) => make("li", {}, source)));
}

function describe({ network, type }) {
  const [, width, resolution] = network.split("_");
  return `${called({ width: Number(width), resolution })}, ${TYPES[type]}`;
}

/** What the reader adds to the line: names, a year, times taken without a browser. */
function completed() {
  const { device, year, tool, ...native } = about.elements;
  const number = (name) => Number(about.elements[name].value.replace(",", "."));
  const plain = (text) => text.replace(/[^\p{L}\p{N} .+()/-]/gu, " ").replace(/\s+/g, " ").trim().slice(0, 40);
  const line = { ...own, device: plain(device.value) || own.device, browser: plain(own.browser) };
  delete line.year;
  delete line.native;
  if (/^(19|20)\d\d$/.test(year.value.trim())) line.year = Number(year.value);
  const [dense, separable, threads] = ["native-dense", "native-separable", "native-threads"].map(number);
  if (dense > 0 && separable > 0) line.native = { tool: tool.value, dense, separable, threads: threads >= 1 ? threads : 1 };
  return line;
}

function showLine() {
  own = completed();
  $("line").textContent = JSON.stringify(own);
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

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(done, $("copied"));
  } catch {
    getSelection().selectAllChildren($("line"));
    say("This browser doesn’t let a page copy here. The line is selected: copy it by hand.", $("copied"));
  }
}

async function share() {
  const address = lines.link($("line").textContent);
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ title: "MobileNet on my device", url: address });
      return;
    } catch (wrong) {
      if (wrong.name === "AbortError") return;
    }
  }
  await copy(address, "The link is copied.");
}

function receive() {
  const text = lines.carried();
  shared = undefined;
  $("shared").hidden = !text;
  if (!text) return;
  try {
    shared = lines.read(text);
    say(`Shared with you: ${shared.device}, ${describe(shared)}: dense ${short(shared.dense.best)} ms, separable ${short(shared.separable.best)} ms, ${short(shared.times)} times as fast.`, $("shared"));
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
  if (own.native) for (const kind of ["dense", "separable", "threads"]) about.elements[`native-${kind}`].value = own.native[kind];
}

async function offer() {
  const names = [...new Map(index.networks.map((entry) => [entry.name, entry])).values()];
  const [first] = index.default;
  choice.elements.network.replaceChildren(...names.map((entry) => make("option", { value: entry.name, ...(entry.name === first && { selected: "" }) }, called(entry))));
  $("processors").hidden = !("gpu" in navigator && (await navigator.gpu.requestAdapter().catch(() => null)));
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
  say(local ? "This page is served by this very computer, where no other device finds it. The command make site prints an address, and its QR code, for the network you are in." : `The camera of a phone reads it: ${address}`, $("address"));
  if (!local) $("qr").replaceChildren(drawn(address));
}

choice.addEventListener("submit", go);
$("stop").addEventListener("click", () => cancel?.abort());
about.addEventListener("submit", (event) => event.preventDefault());
about.addEventListener("input", () => {
  showLine();
  keep();
  showBeside();
});
$("copy").addEventListener("click", () => copy($("line").textContent, "The line is copied."));
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
