// photo.html: EfficientNet-Lite0 names what is in a picture, or what the camera sees.
import { MODELS, network, read, start } from "./engine.mjs";
import { isRight, numbers, off, quantile } from "./measuring.mjs";
import { $, bars, keepOffline, make, megabytes, refocus, say, sentence, short } from "./page.mjs";
import { asItIs, cut, input } from "./prepare.mjs";

const SHOWN = 8; // maps of a layer
const KEPT = 15; // frames whose median time is told
const video = $("video");
let photo;
let names;
let camera; // the stream, while it runs
let latest; // the bytes last looked at
let busy = Promise.resolve(); // one thing at a time
const loaded = {}; // networks, by type, and "taps"
const took = { i8: [], f32: [] };

/** Fetch a network, and hold its first outputs to the course's. */
async function load(type) {
  if (loaded[type]) return loaded[type];
  const about = photo[type];
  $("work").hidden = false;
  let come = 0;
  const got = (bytes) => ($("progress").value = (come += bytes) / about.bytes);
  const ready = await network(about.file, about.input, { got });
  await ready.set(
    numbers(
      about.seed,
      about.input.reduce((product, size) => product * size, 1),
    ),
  );
  const outputs = await ready.outputs();
  const right = about.outputs ?? [about];
  const worst = Math.max(
    ...outputs.map((output, i) => off(right[i].expected, right[i].largest, output)),
  );
  if (!isRight(type, worst, photo.tolerance)) {
    ready.free();
    throw new Error(
      `the network computes other numbers on this device than the course’s, so its verdicts aren’t shown`,
    );
  }
  $("work").hidden = true;
  return (loaded[type] = ready);
}

function best(scores, count = 5) {
  const most = Math.max(...scores);
  const shares = Array.from(scores, (score) => Math.exp(score - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares
    .map((share, number) => ({ number, share: share / sum }))
    .sort((a, b) => b.share - a.share)
    .slice(0, count);
}

async function classify(type, bytes) {
  const one = loaded[type];
  await one.set(input(bytes, photo.prepare));
  const began = performance.now();
  const [scores] = await one.outputs();
  took[type].push(performance.now() - began);
  if (took[type].length > KEPT) took[type].shift();
  const rows = best(scores).map(({ number, share }) => ({
    name: names[number],
    value: share,
    says: `${(100 * share).toFixed(1)} %`,
    kind: type,
  }));
  $(type).replaceChildren(bars(rows, 1));
  const frames = took[type].length;
  say(
    `${short(quantile(took[type], 0.5))} ms${frames > 1 ? `, the median of ${frames}` : ""}`,
    $(`${type}-ms`),
  );
  return rows[0];
}

/** Look at bytes: show them, name them, draw the maps inside. */
async function look(bytes, about, quiet = false) {
  latest = { bytes, about };
  const { size } = photo.prepare;
  const shown = new ImageData(size, size);
  for (let i = 0; i < size * size; i++)
    shown.data.set([...bytes.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  $("seen").getContext("2d").putImageData(shown, 0, 0);
  $("seen").setAttribute("aria-label", about.alt);
  say(about.credit ?? "", $("credit"));
  const verdict = await classify("i8", bytes);
  if (loaded.f32) await classify("f32", bytes);
  await drawMaps(bytes);
  $("result").hidden = false;
  if (!quiet) say(`${verdict.name}, ${verdict.says} in int8.`);
}

async function drawMaps(bytes) {
  await loaded.taps.set(input(bytes, photo.prepare));
  const outputs = await loaded.taps.outputs();
  photo.taps.outputs.forEach((about, i) => {
    const canvas = $(`map-${i}`);
    const [, rows, columns, channels] = about.shape;
    const across = 4;
    canvas.width = across * columns;
    canvas.height = (SHOWN / across) * rows;
    const image = new ImageData(canvas.width, canvas.height);
    const values = outputs[i];
    for (let map = 0; map < SHOWN; map++) {
      const numbers = values.filter((_, at) => at % channels === map);
      const low = numbers.reduce((a, b) => Math.min(a, b));
      const span = numbers.reduce((a, b) => Math.max(a, b)) - low || 1;
      numbers.forEach((number, at) => {
        const [x, y] = [at % columns, Math.floor(at / columns)];
        const to =
          4 * ((Math.floor(map / across) * rows + y) * canvas.width + (map % across) * columns + x);
        const grey = (255 * (number - low)) / span;
        image.data.set([grey, grey, grey, 255], to);
      });
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  });
}

/** One after the other; what goes wrong is said. */
function next(task) {
  busy = busy.then(task).catch((wrong) => {
    $("work").hidden = true;
    say(sentence(wrong));
  });
  return busy;
}

async function ready() {
  if (!loaded.i8) say("Fetching the engine and the network …");
  await start();
  await load("i8");
  await load("taps");
}

async function pick(picture, button) {
  stop();
  mark(button);
  await ready();
  const bitmap = await decoded(await (await fetch(new URL(picture.file, MODELS))).blob());
  took.i8.length = took.f32.length = 0;
  await look(asItIs(bitmap, photo.prepare.size), picture);
  bitmap.close();
}

/** Pixels as the file has them: upright, and no colour profile applied, as the course's Python reads them. */
const decoded = (blob) =>
  createImageBitmap(blob, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "none",
  });

async function open(file) {
  if (!file) return;
  stop();
  mark();
  await ready();
  let bitmap;
  try {
    bitmap = await decoded(file);
  } catch {
    latest = undefined;
    $("result").hidden = true; // it is another picture's
    say("That is no picture that this browser can read.");
    return;
  }
  took.i8.length = took.f32.length = 0;
  await look(cut(bitmap, bitmap.width, bitmap.height, photo.prepare), {
    alt: "Your picture, as the network gets it",
  });
  bitmap.close();
}

function mark(button) {
  for (const other of $("picks").querySelectorAll("button"))
    other.setAttribute("aria-pressed", String(other === button));
}

const REFUSED = {
  NotAllowedError:
    "The camera wasn’t allowed. The browser’s settings for this page can change that.",
  NotFoundError: "No camera was found on this device.",
  NotReadableError: "The camera is in use by another program.",
};

async function begin() {
  if (!navigator.mediaDevices?.getUserMedia) {
    say(
      "Browsers give a page the camera only over https, or on the computer that serves it. A photo taken before goes: choose a file.",
    );
    return;
  }
  await ready();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
      audio: false,
    });
  } catch (wrong) {
    say(REFUSED[wrong.name] ?? `The camera can’t be used: ${wrong.message}`);
    return;
  }
  if (document.hidden) {
    stream.getTracks().forEach((track) => track.stop());
    return;
  }
  camera = stream;
  stream
    .getTracks()
    .forEach((track) => track.addEventListener("ended", () => stop("The camera was stopped.")));
  video.srcObject = stream;
  await video.play();
  mark();
  took.i8.length = took.f32.length = 0;
  $("camera").textContent = "Stop the camera";
  say("The camera runs. Its frames stay in this page.");
  watch(stream);
}

async function watch(stream) {
  while (camera === stream) {
    await next(async () => {
      if (camera !== stream || !video.videoWidth) return;
      await look(
        cut(video, video.videoWidth, video.videoHeight, photo.prepare),
        { alt: "The camera’s latest frame" },
        true,
      );
    });
    await new Promise((done) => setTimeout(done, 30));
  }
}

function stop(says) {
  if (!camera) return;
  const stream = camera;
  camera = undefined;
  stream.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  $("camera").textContent = "Start the camera";
  if (says) say(says);
}

async function addFloats() {
  $("more").disabled = true;
  say("Fetching the network in float32 …");
  try {
    await ready();
    await load("f32");
  } catch (wrong) {
    $("more").disabled = false;
    refocus($("more"));
    throw wrong;
  }
  $("f32-part").hidden = false;
  $("more").hidden = true;
  refocus($("file"));
  say("", $("weight"));
  say("float32 is loaded.");
  if (latest && !camera) await look(latest.bytes, latest.about);
}

function offer() {
  $("picks").replaceChildren(
    ...photo.photographs.map((picture) => {
      const image = make("img", {
        src: new URL(picture.file, MODELS).href,
        alt: picture.alt,
        width: 224,
        height: 224,
        loading: "lazy",
      });
      const button = make("button", { type: "button", "aria-pressed": "false" }, image);
      button.addEventListener("click", () => next(() => pick(picture, button)));
      return make("li", {}, button);
    }),
  );
  $("maps").replaceChildren(
    ...photo.taps.outputs.map(({ name, says, shape: [, rows, columns, channels] }, i) => {
      const canvas = make("canvas", {
        id: `map-${i}`,
        role: "img",
        "aria-label": `${SHOWN} maps, ${says}`,
      });
      return make(
        "figure",
        {},
        canvas,
        make(
          "figcaption",
          {},
          `${name}: ${says}; ${SHOWN} of ${channels} maps of ${rows}×${columns}`,
        ),
      );
    }),
  );
  say(`int8: ${megabytes(photo.i8.bytes)}; float32: ${megabytes(photo.f32.bytes)}.`, $("weight"));
  $("more").disabled = $("camera").disabled = false;
}

$("more").addEventListener("click", () => next(addFloats));
$("camera").addEventListener("click", () =>
  camera ? stop("The camera was stopped.") : next(begin),
);
$("file").addEventListener("change", ({ target }) =>
  next(() => open(target.files[0]).finally(() => (target.value = ""))),
);
for (const [event, over] of [
  ["dragover", true],
  ["dragleave", false],
  ["drop", false],
])
  addEventListener(event, (dragged) => {
    dragged.preventDefault();
    $("drop").classList.toggle("over", over);
    if (event === "drop") {
      const [file] = dragged.dataTransfer.files;
      next(() => open(file));
    }
  });
document.addEventListener(
  "visibilitychange",
  () => document.hidden && stop("The camera was stopped: the page was in the background."),
);
addEventListener("pagehide", () => stop());

try {
  const index = await read("index.json");
  photo = { ...index.photo, tolerance: index.tolerance };
  names = await read(photo.categories);
  offer();
  keepOffline();
} catch (wrong) {
  say(sentence(wrong));
}
