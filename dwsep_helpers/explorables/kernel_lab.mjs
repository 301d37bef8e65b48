import { choice, keys, make, minus, point, stage, tell } from "./common.mjs";
// A photograph, nine numbers to change, what the kernel makes of it, and of one pixel why.

const NINE = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const LONGEST = 216; // pixels of a learner's own picture
const STEP = 0.1, DRAGGED = 4; // a kernel's number changes by so much in so many pixels
const SLACK = 1e-6; // of white: what rounding may add

/** Nine numbers as convolution lays them: first row last, first column last. */
export const flipped = (kernel) => [...kernel].reverse();

/** Slide a kernel over greys (H, W) to wherever all of it fits: values (H − 2, W − 2). */
export function correlate(greys, height, width, kernel, values = new Float64Array((height - 2) * (width - 2))) {
  const [a, b, c, d, e, f, g, h, i] = kernel;
  for (let row = 0, at = 0; row < height - 2; row++) {
    for (let p = row * width, last = p + width - 2; p < last; p++) {
      const q = p + width, r = q + width;
      values[at++] = greys[p] * a + greys[p + 1] * b + greys[p + 2] * c
        + greys[q] * d + greys[q + 1] * e + greys[q + 2] * f
        + greys[r] * g + greys[r + 1] * h + greys[r + 2] * i;
    }
  }
  return values;
}

/** The size below which a share of the values lies, as NumPy's quantile; `most` is the largest. */
export function quantile(values, share, most) {
  const bins = new Uint32Array(1024), scale = 1023 / most;
  for (let at = 0; at < values.length; at++) bins[(Math.abs(values[at]) * scale) | 0]++;
  const place = share * (values.length - 1), first = Math.floor(place);
  let bin = 0, below = 0;
  while (below + bins[bin] <= first) below += bins[bin++];
  const near = values.filter((value) => ((Math.abs(value) * scale) | 0) >= bin).map(Math.abs).sort();
  const low = near[first - below], high = near[Math.min(first - below + 1, near.length - 1)];
  return low + (high - low) * (place - first);
}

// Halves go to the even digit, as Python's do.
const TWO_DIGITS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2, useGrouping: false, roundingMode: "halfEven" });

/**
 * How values become shades: {signed, low, high, cut}; `cut` says whether some lie outside.
 *
 * "fit" is the rule of figures/tones.py: a kernel whose numbers add up to a clear positive sum
 * makes a picture of a picture, grey to what it makes of white; any other answers to differences.
 */
export function toneOf(values, kernel, way) {
  const sum = kernel.reduce((total, one) => total + one, 0);
  const size = kernel.reduce((total, one) => total + Math.abs(one), 0);
  let least = Infinity, most = -Infinity;
  for (let at = 0; at < values.length; at++) {
    if (values[at] < least) least = values[at];
    if (values[at] > most) most = values[at];
  }
  if (way === "clip" || (way === "fit" && sum > 0.05 * size)) {
    const white = way === "clip" ? 255 : 255 * sum;
    return { signed: false, low: 0, high: white, cut: least < -SLACK * white || most > (1 + SLACK) * white };
  }
  const largest = Math.max(-least, most);
  if (!largest) return { signed: true, low: -1, high: 1, cut: false };
  const high = +TWO_DIGITS.format(quantile(values, 0.99, largest) || largest);
  return { signed: true, low: -high, high, cut: largest > high };
}

/** Which of so many shades a value has. */
export function shadeOf(value, { low, high }, count) {
  const place = ((value - low) / (high - low)) * count;
  return place < 0 ? 0 : place >= count ? count - 1 : place | 0;
}

/** A number of a kernel as people write it: 5, −0.5, 1/9. */
export function written(value) {
  if (Math.abs(value * 10 - Math.round(value * 10)) < 1e-9) return minus(Math.round(value * 10) / 10);
  if (Math.abs(value) < 1e-3) return minus((+value.toPrecision(2)).toExponential());
  for (const part of [3, 4, 6, 7, 8, 9, 12, 16])
    if (Math.abs(value * part - Math.round(value * part)) < 1e-9) return minus(`${Math.round(value * part)}/${part}`);
  return minus(+value.toPrecision(3));
}

/** The number that somebody typed, with either minus sign, a comma or a fraction; NaN if it's none. */
export function read(text) {
  const found = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\s*\/\s*(\d+\.?\d*))?\s*$/i.exec(text.replaceAll("−", "-").replace(",", "."));
  return found ? found[1] / (found[2] ?? 1) : NaN;
}

/** A value with at most two, or four, decimals; a small one with two digits. */
const FEW = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });
const [short, exact] = [2, 4].map((digits) => {
  const format = new Intl.NumberFormat("en-US", { maximumFractionDigits: digits, signDisplay: "negative" });
  return (value) => minus((Math.abs(value) > 1e-9 && Math.abs(value) < 10 ** (1 - digits) ? FEW : format).format(value));
});
const bracketed = (text) => (/^[−]/.test(text) ? `(${text})` : text);
const aria = (element, name, value) => element.setAttribute(`aria-${name}`, value);
const between = (value, least, most) => Math.max(least, Math.min(most, value));

// A double arrow on what can be dragged.
const GRIP = "url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='16' height='7' fill='none' stroke='gray'><path d='M4 1 1 3.5 4 6M1 3.5h14M12 1l3 2.5L12 6'/></svg>\") 50% calc(100% - 3px) no-repeat";
const LOOK = `
  .live { max-width: clamp(900px, 112vh, 1324px); container-type: inline-size; padding: 10px 12px; }
  .row { display: flex; flex-wrap: wrap; gap: 6px; align-items: baseline; margin-bottom: 6px; }
  .row > .name { min-width: 50px; }
  .row > div { display: flex; flex-wrap: wrap; gap: 4px; flex: 1; }
  .row > .quiet { margin-left: auto; }
  .quiet { color: var(--quiet); font-size: 13px; }
  .row button { padding: 2px 10px; }
  .presets button { font-size: 14px; padding: 2px 5px; }
  button svg { display: inline-block; vertical-align: -3px; margin-right: 5px; border: 1px solid var(--edge); }
  .presets button[aria-pressed=true] { background: var(--kernel-fill); border-color: var(--kernel); }
  .row button[aria-pressed=true] { margin: 0 -1px; }
  .knobs { font-size: 14px; }
  .knobs label, .knobs legend { min-height: 28px; }
  .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
  figure { margin: 0; min-width: 0; }
  figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 12px; }
  .frame { position: relative; cursor: crosshair; touch-action: pan-y; width: calc(100% * var(--part, 1)); background: var(--neutral-fill); }
  .frame canvas { width: 100%; height: auto; image-rendering: pixelated; }
  .mark { position: absolute; box-sizing: content-box; pointer-events: none; border: 2px solid var(--line); outline: 1.5px solid #fff; box-shadow: 0 0 0 3px #000; translate: -50% -50%; }
  .held .mark { border-style: double; border-width: 4px; }
  .scale { position: relative; margin-top: 4px; font-size: 13px; line-height: 18px; border: 1px solid var(--edge); }
  .scale canvas { position: absolute; width: 100%; height: 100%; }
  .scale .place { position: absolute; top: -2px; width: 3px; height: 20px; background: var(--output); border: 1px solid var(--paper); translate: -50%; }
  .ends { position: relative; display: flex; justify-content: space-between; padding: 0 4px; color: #000; }
  .ends :first-child { color: #fff; }
  .ends .zero { background: #7c7b78; }
  .why { display: flex; flex-wrap: wrap; gap: 10px; align-items: flex-start; justify-content: space-between; margin-top: 4px; overflow-wrap: normal; }
  .part { min-width: 0; }
  .title { font-weight: 600; }
  .part .quiet { min-height: 20px; width: 0; min-width: 100%; white-space: nowrap; }
  .sign { align-self: center; font-size: 22px; }
  .grid { display: grid; grid-template-columns: repeat(3, var(--cell, 62px)); grid-auto-rows: 40px; width: max-content; }
  .cell { box-sizing: border-box; border: 1px solid var(--line); margin: 0 -1px -1px 0; position: relative; text-align: center; display: grid; place-content: center; line-height: 1.15; font-size: 15px; cursor: crosshair; white-space: nowrap; }
  .cell small { font-size: 12px; display: block; letter-spacing: -0.3px; }
  .kernel input { width: auto; min-width: 0; height: auto; margin: 0 -1px -1px 0; padding: 0 2px 5px; border: 1px solid var(--kernel); border-radius: 0; background: ${GRIP} var(--kernel-fill); position: relative; text-align: center; font-size: 16px; cursor: ew-resize; touch-action: pan-y; }
  .kernel input.long { font-size: 12px; padding: 0 0 5px; }
  .kernel input:focus { cursor: text; background-image: none; }
  .kernel input[aria-invalid=true] { background: var(--paper); border-style: dashed; color: var(--emphasis); }
  .mark, .place, .ends, .window .cell, .swatch { forced-color-adjust: none; }
  .chosen { outline: 3px solid #000; outline-offset: -3px; box-shadow: 0 0 0 3px #fff; z-index: 3; }
  .window { --line: var(--input); }
  .products { --line: var(--edge); --cell: 72px; }
  .products .cell { font-size: 14px; }
  .total { border: 2px solid var(--output); background: var(--output-fill); min-width: 128px; padding: 4px; font-size: 20px; font-weight: 600; }
  .total, .swatch { box-sizing: border-box; min-height: 44px; text-align: center; display: grid; place-content: center; }
  .swatch { border: 2px solid var(--output); border-top: 0; font-size: 13px; }
  .said { margin: 6px 0 0; min-height: 1.45em; }
  .trouble { color: var(--emphasis); margin: 0; }
  .trouble:empty { display: none; }
  @container (min-width: 1100px) {
    .grid { --cell: 72px; grid-auto-rows: 46px; }
    .products { --cell: 84px; }
    .total, .swatch { min-height: 54px; min-width: 140px; }
  }
  @container (max-width: 860px) {
    .knobs { font-size: 13px; }
    .knobs label { gap: 5px; }
    .knobs fieldset { gap: 2px 8px; }
    .presets button { font-size: 13px; }
    button svg { margin-right: 4px; }
    .why { gap: 6px; }
    .grid { --cell: 58px; }
    .products { --cell: 68px; }
  }
  @container (max-width: 790px) { .sign { display: none; } }
  @container (max-width: 750px) { figcaption { min-height: 46px; align-content: end; } }
  @container (max-width: 720px) {
    .why { display: grid; grid-template-columns: 11fr 12fr; gap: 10px 12px; align-items: end; }
    .grid { --cell: 1fr; width: 100%; }
    .kernel input.long { font-size: inherit; }
    .part .quiet { white-space: normal; }
  }
  @container (max-width: 520px) {
    .pair { grid-template-columns: 1fr; }
    figcaption { min-height: 0; }
    .row > .name { display: none; }
    .row button { padding: 2px 8px; }
    .knobs label, .knobs legend { min-height: 32px; }
    .grid { grid-auto-rows: 46px; }
    .part:has(.kernel), .part:has(.total) { grid-column: 1 / -1; }
    .part:has(.total) { display: grid; grid-template-columns: 1fr 124px 84px; }
    .total { min-width: 0; }
    .swatch { border-top: 2px solid var(--output); border-left: 0; }
    .products .cell { font-size: 13px; }
  }
  @container (max-width: 340px) {
    .why { grid-template-columns: 1fr; }
    .row button { font-size: 13px; }
    .scale { font-size: 12px; }
    .part:has(.total) { grid-template-columns: 3fr 2fr; }
    .part:has(.total) > :first-child { grid-column: 1 / -1; }
  }
`;

/** A picture with its name, a canvas and a mark: {element, frame, show, mark, note}. */
function picture(name, line, help) {
  const canvas = make("canvas", { "aria-hidden": "true" }), mark = make("div", { class: "mark", style: `--line: var(--${line})` });
  const frame = make("div", { class: "frame", tabindex: 0, role: "application", "aria-label": `${name}. ${help}` }, canvas, mark);
  const size = make("span"), note = make("span", { class: "quiet" });
  const context = canvas.getContext("2d");
  let image;
  return {
    element: make("figure", {}, make("figcaption", {}, size, note), frame),
    frame, note,
    /** Show (rows, columns) values in shades, with a rim left free. */
    show(values, rows, columns, rim, tone, shades, called) {
      const height = rows + 2 * rim, width = columns + 2 * rim;
      if (image?.width !== width || image.height !== height) {
        image = context.createImageData(width, height);
        Object.assign(canvas, { width, height });
        frame.style.setProperty("--part", Math.min(1, width / height));
      }
      size.textContent = `${called}, ${rows}×${columns}`;
      const pixels = new Uint32Array(image.data.buffer), count = shades.length;
      for (let row = 0, at = 0; row < rows; row++)
        for (let to = (row + rim) * width + rim, end = to + columns; to < end; to++)
          pixels[to] = shades[shadeOf(values[at++], tone, count)];
      context.putImageData(image, 0, 0);
    },
    /** Mark a square of pixels about a middle. */
    mark(row, column, across) {
      const { width, height } = canvas;
      Object.assign(mark.style, {
        left: `${(100 * (column + 0.5)) / width}%`, top: `${(100 * (row + 0.5)) / height}%`,
        width: `${(100 * across) / width}%`, height: `${(100 * across) / height}%`,
      });
    },
  };
}

const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => 0xff000000 | (grey * 0x010101));
const BYTES = { low: 0, high: 255 };
/** A shade for CSS, and ink that can be read on it. */
const css = (shade) => `rgb(${shade & 255},${(shade >> 8) & 255},${(shade >> 16) & 255})`;
const inkOn = (shade) => (0.299 * (shade & 255) + 0.587 * ((shade >> 8) & 255) + 0.114 * ((shade >> 16) & 255) > 117 ? "#000" : "#fff");

/** The greys of what can be drawn, at most so large: {greys, height, width}. */
function greysOf(scratch, source, across, down, mirrored) {
  const scale = Math.min(1, LONGEST / Math.max(across, down));
  const width = Math.max(3, Math.round(across * scale)), height = Math.max(3, Math.round(down * scale));
  if (scratch.canvas.width !== width || scratch.canvas.height !== height) Object.assign(scratch.canvas, { width, height });
  scratch.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? width : 0, 0);
  scratch.imageSmoothingQuality = mirrored ? "low" : "high"; // a camera has no time
  scratch.fillStyle = "#fff"; // what is transparent shows paper
  scratch.fillRect(0, 0, width, height);
  scratch.drawImage(source, 0, 0, width, height);
  const { data } = scratch.getImageData(0, 0, width, height), greys = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < greys.length; at++, from += 4)
    greys[at] = Math.round(0.299 * data[from] + 0.587 * data[from + 1] + 0.114 * data[from + 2]);
  return { greys, height, width };
}

const REFUSED = {
  NotAllowedError: "The camera was refused, by you or by this page's settings.",
  NotFoundError: "No camera was found.",
  NotReadableError: "The camera is in use by another program.",
};

/** Buttons for the photograph, a file and the camera; `changed` takes {greys, height, width, name}. */
function sources(host, photograph, changed) {
  const scratch = make("canvas").getContext("2d", { willReadFrequently: true });
  const trouble = make("p", { class: "trouble", role: "status" });
  let stream = null, asked = 0;
  const stop = () => {
    asked++;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    camera.textContent = "Start the webcam";
    aria(camera, "pressed", "false");
  };
  const halt = () => {
    if (!stream) return;
    stop();
    trouble.textContent = "The webcam was stopped. The picture stays as it is.";
  };
  document.addEventListener("visibilitychange", () => document.hidden && halt());
  const use = (picture, pressed) => { trouble.textContent = ""; aria(original, "pressed", pressed); changed(picture); };
  const begin = async () => {
    stop();
    const mine = asked;
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotAllowedError");
      const got = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 320 } } });
      const video = make("video", { playsinline: true });
      Object.assign(video, { muted: true, srcObject: got });
      if (mine !== asked) { for (const track of got.getTracks()) track.stop(); return; }
      stream = got;
      for (const track of got.getTracks()) track.addEventListener("ended", halt);
      camera.textContent = "Stop the webcam";
      aria(camera, "pressed", "true");
      await video.play();
      const frame = () => {
        if (mine !== asked) return;
        if (!host.isConnected) { stop(); return; }
        use({ ...greysOf(scratch, video, video.videoWidth, video.videoHeight, true), name: "webcam, mirrored", moving: true }, false);
        if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(frame); else requestAnimationFrame(frame);
      };
      frame();
    } catch (error) {
      if (mine !== asked) return;
      stop();
      trouble.textContent = `${REFUSED[error.name] ?? "The camera could not be started."} The picture stays as it is.`;
    }
  };
  const open = async (file) => {
    if (!file) return;
    stop();
    try {
      const bitmap = await createImageBitmap(file);
      use({ ...greysOf(scratch, bitmap, bitmap.width, bitmap.height), name: "your picture" }, false);
      bitmap.close();
    } catch {
      trouble.textContent = `“${file.name}” can't be read as a picture. The picture stays as it is.`;
    }
  };
  const original = make("button", { type: "button", "aria-pressed": "true", click: () => { stop(); use(photograph, true); } }, "Photograph");
  const camera = make("button", { type: "button", "aria-pressed": "false", click: () => (stream ? stop() : begin()) }, "Start the webcam");
  const file = make("input", { type: "file", accept: "image/*", hidden: true, change: () => { open(file.files[0]); file.value = ""; } });
  const own = make("button", { type: "button", click: () => file.click() }, "Your own file…");
  return [
    make("div", { class: "row" }, make("span", { class: "name" }, "Picture"), original, own, file, camera,
      make("span", { class: "quiet" }, "Nothing leaves your browser.")),
    trouble,
  ];
}

/** A kernel as nine shades, its largest number black or white and zero in the middle. */
function icon(kernel) {
  const largest = Math.max(...kernel.map(Math.abs)) || 1;
  const cells = NINE.map((n) => {
    const grey = Math.round(128 + (127 * kernel[n]) / largest);
    return make("svg:rect", { x: 5 * (n % 3), y: 5 * Math.floor(n / 3), width: 5, height: 5, fill: `rgb(${grey},${grey},${grey})` });
  });
  return make("svg:svg", { width: 15, height: 15, "aria-hidden": "true" }, ...cells);
}

/** Nine fields to drag or type in; `changed` takes the place and the number. */
function fields(limit, kernel, { changed, settled, chosen, trouble }) {
  const round = (value) => between(Math.round(value * 10) / 10 || 0, -limit, limit);
  const inputs = NINE.map((n) => {
    const input = make("input", {
      type: "text", role: "spinbutton", autocomplete: "off", spellcheck: "false", "aria-label": `Kernel row ${Math.floor(n / 3)}, column ${n % 3}`,
      "aria-valuemin": -limit, "aria-valuemax": limit,
      focus: () => chosen(n), pointerenter: () => chosen(n),
      blur: () => { settle(); chosen(-1); }, change: () => settle(),
      pointerleave: () => { if (!from && active() !== input) chosen(-1); },
      mousedown: (event) => { if (active() !== input) event.preventDefault(); },
      input: () => {
        const value = read(input.value), fine = Math.abs(value) <= limit;
        aria(input, "invalid", !fine);
        trouble(fine ? "" : `“${input.value}” isn't a number from ${minus(-limit)} to ${limit}: ${written(kernel()[n])} stays.`);
        if (fine) changed(n, value);
      },
      pointerdown: (event) => {
        if (active() === input || event.button) return; // it is being typed in
        event.preventDefault();
        input.setPointerCapture(event.pointerId);
        from = { x: event.clientX, y: event.clientY, value: kernel()[n], dragged: false };
      },
      pointermove: (event) => {
        if (!from) return;
        const up = event.pointerType === "touch" ? 0 : from.y - event.clientY; // fingers scroll
        const moved = Math.trunc((event.clientX - from.x + up) / DRAGGED);
        from.dragged ||= moved !== 0;
        if (from.dragged) move(round(from.value + moved * STEP));
      },
      pointerup: () => {
        const clicked = from && !from.dragged;
        from = null;
        if (clicked) { input.focus(); input.select(); } else settled();
      },
      pointercancel: () => { if (from) move(from.value); from = null; settled(); },
    });
    let from = null;
    const active = () => input.getRootNode().activeElement;
    const move = (value) => { if (value !== kernel()[n]) { changed(n, value); show(n); } };
    const settle = () => { trouble(""); aria(input, "invalid", "false"); show(n); settled(); };
    const by = (sign, all) => (pressed) => { move(round(kernel()[n] + sign * (all || pressed.shiftKey ? 1 : STEP))); aria(input, "invalid", "false"); trouble(""); };
    keys(input, { ArrowUp: by(1), ArrowDown: by(-1), PageUp: by(1, true), PageDown: by(-1, true), Enter: () => { settle(); input.select(); } });
    return input;
  });
  const show = (n) => {
    const text = written(kernel()[n]);
    inputs[n].value = text;
    inputs[n].classList.toggle("long", text.length > 5);
    aria(inputs[n], "valuenow", kernel()[n]);
    aria(inputs[n], "valuetext", text);
  };
  return { inputs, element: make("div", { class: "grid kernel" }, ...inputs), show: () => NINE.forEach(show) };
}

export function mount(host, options) {
  const live = stage(host, "Kernel lab", LOOK);
  const photograph = { greys: Uint8Array.from(atob(options.photo), (one) => one.charCodeAt(0)), height: options.height, width: options.width, name: "photograph" };
  const signed = Uint32Array.from(options.colours.match(/.{6}/g), (colour) => {
    const [red, green, blue] = colour.match(/../g).map((part) => parseInt(part, 16));
    return 0xff000000 | (blue << 16) | (green << 8) | red;
  });
  let photo = photograph, kernel = options.kernel.flat(), laid = kernel, values, tone;
  let flip = false, way = "fit", at = { row: (photo.height - 2) >> 1, column: (photo.width - 2) >> 1 }, held = false, chosen = -1;
  let saying, telling;

  const help = "Arrow keys choose a pixel, with Shift by ten; Enter leads to its products.";
  const input = picture("Photograph", "kernel", help), output = picture("Output", "output", help);
  output.note.textContent = "wherever all nine fit";
  const shadesOf = () => (tone.signed ? signed : GREYS);

  // The scale: which shade is which value.
  const strip = make("canvas", { height: 1, "aria-hidden": "true" }), place = make("div", { class: "place" });
  const ends = ["", "zero", ""].map((name) => make("span", { class: name }));
  output.element.append(make("div", { class: "scale" }, strip, make("div", { class: "ends" }, ...ends), place));
  const scale = () => {
    const shades = shadesOf();
    if (strip.width !== shades.length) strip.width = shades.length;
    strip.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(shades.buffer.slice(0)), shades.length, 1), 0, 0);
    const [less, more] = tone.cut ? ["≤ ", "≥ "] : ["", ""];
    const names = tone.signed ? ["blue", "yellow"] : ["black", "white"];
    ends[0].textContent = `${less}${short(tone.low)}, ${names[0]}`;
    ends[1].textContent = tone.signed ? "0, grey" : "";
    ends[2].textContent = `${more}${short(tone.high)}, ${names[1]}`;
  };

  // One pixel: the window with the kernel on it, nine products, their sum.
  const cells = (name) => NINE.map((n) => make("div", { class: "cell", pointerenter: (event) => event.pointerType === "mouse" && choose(n), pointerdown: (event) => choose(event.pointerType !== "mouse" && chosen === n ? -1 : n) }, ...(name === "window" ? ["", make("small")] : [""])));
  const grid = (name, attributes, inside) => make("div", { class: `grid ${name}`, pointerleave: (event) => event.pointerType === "mouse" && choose(-1), ...attributes }, ...inside);
  const under = cells("window"), products = cells("products");
  const windowGrid = grid("window", {}, under);
  const productGrid = grid("products", { tabindex: 0, role: "application", "aria-label": "Nine products. Arrow keys choose one, Escape goes back to the picture.", blur: () => choose(-1) }, products);
  const rows = make("div", { class: "quiet" }), where = make("div", { class: "quiet" }), facts = make("div", { class: "quiet" });
  const total = make("div", { class: "total" }), swatch = make("div", { class: "swatch" }, "its shade");
  const said = make("p", { class: "said" }), aside = make("p", { class: "aside", "aria-live": "polite" }), trouble = make("p", { class: "trouble", role: "status" });
  const numbers = fields(options.limit, () => kernel, {
    changed: (n, value) => { kernel = kernel.with(n, value); compute(); },
    settled: () => { clearTimeout(telling); report(); },
    chosen: (n) => choose(n < 0 || !flip ? n : 8 - n),
    trouble: (text) => { trouble.textContent = text; },
  });

  let told = String(kernel);
  function report() {
    if (String(kernel) === told) return;
    told = String(kernel);
    tell(host, options.channel, { kernel: [0, 3, 6].map((n) => kernel.slice(n, n + 3)) });
  }

  /** All that follows from the picture, the kernel and how it is laid. */
  function compute() {
    laid = flip ? flipped(kernel) : kernel;
    const size = (photo.height - 2) * (photo.width - 2);
    values = correlate(photo.greys, photo.height, photo.width, laid, values?.length === size ? values : undefined);
    tone = toneOf(values, kernel, way);
    output.show(values, photo.height - 2, photo.width - 2, 1, tone, shadesOf(), "output");
    scale();
    for (const [button, preset] of presets) aria(button, "pressed", preset.every((number, n) => number === kernel[n]));
    const sum = kernel.reduce((whole, one) => whole + one, 0);
    const zero = Math.abs(sum) < 1e-9, times = short(zero ? 0 : sum);
    facts.textContent = `sum ${times}: flat areas ${zero ? "give 0" : Math.abs(sum - 1) < 1e-9 ? "stay" : `× ${times}`}`;
    inspect();
    clearTimeout(telling);
    telling = setTimeout(report, 80);
  }

  /** All that follows from the chosen pixel and product. */
  function inspect() {
    const { row, column } = at, value = values[row * (photo.width - 2) + column];
    input.mark(row + 1, column + 1, 3);
    output.mark(row + 1, column + 1, 1);
    for (const n of NINE) {
      const grey = photo.greys[(row + Math.floor(n / 3)) * photo.width + column + (n % 3)];
      const [cell, product] = [under[n], products[n]];
      cell.firstChild.data = grey;
      cell.lastChild.textContent = `× ${written(laid[n])}`;
      Object.assign(cell.style, { background: css(GREYS[grey]), color: inkOn(GREYS[grey]) });
      product.firstChild.data = short(grey * laid[n]);
      cell.classList.toggle("chosen", n === chosen);
      product.classList.toggle("chosen", n === chosen);
      numbers.inputs[flip ? 8 - n : n].classList.toggle("chosen", n === chosen);
    }
    const shades = shadesOf(), shade = shades[shadeOf(value, tone, shades.length)];
    rows.textContent = `rows ${row}–${row + 2}, columns ${column}–${column + 2}`;
    where.textContent = `row ${row}, column ${column}`;
    total.textContent = exact(value);
    Object.assign(swatch.style, { background: css(shade), color: inkOn(shade) });
    place.style.left = `${100 * between((value - tone.low) / (tone.high - tone.low), 0, 1)}%`;
    said.textContent = sentence(value);
  }

  function sentence(value) {
    const whole = `Output row ${at.row}, column ${at.column}: the nine products add up to ${exact(value)}.`;
    if (chosen < 0) return whole;
    const grey = photo.greys[(at.row + Math.floor(chosen / 3)) * photo.width + at.column + (chosen % 3)];
    const from = flip ? 8 - chosen : chosen;
    const weight = laid[chosen], says = written(weight), equals = Math.abs(read(says) - weight) < 1e-9 ? "=" : "≈"; // it may be rounded
    return `Kernel row ${Math.floor(from / 3)}, column ${from % 3}${flip ? ", flipped," : ""} meets grey ${grey}: ${grey}·${bracketed(says)} ${equals} ${exact(grey * weight)}, one of nine products.`;
  }

  /** Show, and a little later say, what was chosen. */
  function look() {
    inspect();
    clearTimeout(saying);
    saying = setTimeout(() => { aside.textContent = said.textContent; }, 400);
  }
  function choose(n) { if (n !== chosen) { chosen = n; look(); } }
  function go(row, column) {
    at = { row: between(row, 0, photo.height - 3), column: between(column, 0, photo.width - 3) };
    look();
  }
  function hold(whether) {
    held = whether;
    for (const one of [input, output]) one.frame.classList.toggle("held", held);
    input.note.textContent = held ? "pixel held; click it to let go" : "point at a pixel; click holds it";
  }
  for (const one of [input, output]) {
    point(one.frame, (event) => {
      const box = one.frame.getBoundingClientRect();
      const row = Math.floor(((event.clientY - box.top) / box.height) * photo.height) - 1;
      const column = Math.floor(((event.clientX - box.left) / box.width) * photo.width) - 1;
      if (event.type === "pointerdown") hold(!(held && Math.abs(row - at.row) < 3 && Math.abs(column - at.column) < 3));
      else if (held && !event.buttons) return;
      go(row, column);
    });
    const by = (down, across) => (pressed) => { const far = pressed.shiftKey ? 10 : 1; hold(true); go(at.row + far * down, at.column + far * across); };
    keys(one.frame, {
      ArrowUp: by(-1, 0), ArrowDown: by(1, 0), ArrowLeft: by(0, -1), ArrowRight: by(0, 1),
      Enter: () => { back = one.frame; choose(0); productGrid.focus(); },
    });
  }
  let back = input.frame;
  const step = (down, across) => () => {
    const n = Math.max(chosen, 0);
    choose(between(Math.floor(n / 3) + down, 0, 2) * 3 + between((n % 3) + across, 0, 2));
  };
  keys(productGrid, {
    ArrowUp: step(-1, 0), ArrowDown: step(1, 0), ArrowLeft: step(0, -1), ArrowRight: step(0, 1),
    Escape: () => { choose(-1); back.focus(); },
  });

  const presets = Object.entries(options.presets).map(([name, numbersOf]) => {
    const preset = numbersOf.flat();
    return [make("button", { type: "button", "aria-pressed": "false", click: () => { kernel = preset; compute(); numbers.show(); report(); } }, icon(preset), name), preset];
  });
  const turn = choice("Kernel", [["as", "as it is: cross-correlation"], ["flip", "flipped: convolution"]], "as", (one) => { flip = one === "flip"; compute(); });
  const shading = choice("Shades", [["fit", "fit the kernel"], ["sign", "0 is grey"], ["clip", "clip to 0–255"]], way, (one) => { way = one; compute(); });
  input.element.append(make("div", { class: "knobs" }, turn.element));
  output.element.append(make("div", { class: "knobs" }, shading.element));

  function take(picture) {
    const other = picture.height !== photo.height || picture.width !== photo.width;
    photo = picture;
    if (other) at = { row: (photo.height - 2) >> 1, column: (photo.width - 2) >> 1 };
    input.show(photo.greys, photo.height, photo.width, 0, BYTES, GREYS, photo.name);
    compute();
  }
  const part = (title, note, ...inside) => make("div", { class: "part" }, make("div", {}, make("div", { class: "title" }, title), note), ...inside);
  live.append(
    ...sources(host, photograph, take),
    make("div", { class: "row presets" }, make("span", { class: "name" }, "Kernel"), make("div", {}, ...presets.map(([button]) => button))),
    make("div", { class: "pair" }, input.element, output.element),
    make("div", { class: "why" },
      part("Kernel: drag ↔ or type", facts, numbers.element), make("span", { class: "sign", "aria-hidden": "true" }, "→"),
      part("Laid on the picture", rows, windowGrid), make("span", { class: "sign", "aria-hidden": "true" }, "="),
      part("Nine products", make("div", { class: "quiet" }, "grey (0 to 255) × kernel"), productGrid), make("span", { class: "sign", "aria-hidden": "true" }, "Σ"),
      part("Their sum", where, total, swatch)),
    said, trouble, aside,
  );
  numbers.show();
  hold(false);
  take(photograph);
}
