// Convolution arithmetic: a kernel on its way over an image, down to the single product.
import { choice, fitted, herald, keys, knob, make, minus, motion, point, stage, within } from "./common.mjs";

const AXES = ["row", "column"];
const [TITLE, INDEX, GAP, EDGE] = [24, 20, 34, 3]; // pixels
const MOST = { size: 8, taps: 4, stride: 4, padding: 2, dilation: 4 };
const PACE = { values: 750, products: 550 }; // milliseconds of a step
const GLIDE = 250; // of them on the way
const KNOB = 128; // pixels that a knob needs
const HINT = "Point at the output to move the window, at the input to see who reads a cell, at the kernel to see one product.";

const LOOK = `
  .live > * + * { margin-top: 10px; }
  .knobs { display: grid; grid-template-columns: repeat(var(--columns, 5), minmax(0, 260px)); gap: 4px 18px; }
  .knobs label { display: grid; grid-template-columns: 1fr auto; gap: 0 8px; }
  .knobs output { min-width: 0; }
  .knobs input { grid-row: 2; grid-column: 1 / 3; width: 100%; }
  svg { margin-inline: auto; height: auto; overflow: visible; touch-action: pan-y; }
  svg text { text-anchor: middle; dominant-baseline: central; pointer-events: none; }
  svg text.title { text-anchor: start; font-size: 14px; font-weight: 600; }
  svg text.index { font-size: 12px; fill: var(--quiet); }
  .cell { fill: var(--input-fill); stroke: var(--input); }
  .pad { fill: var(--paper); stroke: var(--edge); stroke-dasharray: 3 3; }
  .weight { fill: var(--kernel-fill); stroke: var(--kernel); }
  .empty { fill: var(--paper); stroke: var(--edge); }
  .full { fill: var(--output-fill); stroke: var(--output); }
  .window rect { fill: var(--kernel-fill); fill-opacity: 0.8; stroke: var(--kernel); stroke-width: 2; }
  .window .frame { fill: none; stroke-width: 3; }
  .window .frame.spread { stroke-width: 1.5; stroke-dasharray: 5 4; }
  .ring { fill: none; stroke-width: 3.5; stroke: var(--output); }
  .ring.one { stroke: var(--emphasis); }
  .playing .window, .playing .ring { transition: transform ${GLIDE}ms; }
  .probing .window { opacity: 0.25; }
  .hatch { pointer-events: none; }
  .player { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; }
  .player label { display: inline-flex; gap: 8px; align-items: center; min-height: 32px; }
  .player .way { flex: 1 1 240px; min-width: 0; }
  .player .way label { display: flex; gap: 8px; align-items: center; }
  .player .way input { flex: 1 1 90px; min-width: 60px; height: 32px; }
  .player .way output { min-width: 9.5em; }
  .player button { min-width: 4.4em; }
  .ledger { display: flex; flex-wrap: wrap; gap: 6px; align-items: stretch; min-height: 56px; }
  .ledger > * { display: grid; text-align: center; padding: 2px 5px; border: 1.5px solid transparent; border-radius: 4px; min-width: 4em; box-sizing: border-box; }
  .ledger .names { text-align: left; padding-left: 0; min-width: 6.6em; }
  .ledger .term { border-color: var(--kernel); }
  .ledger .term.later { border: 1.5px dashed var(--edge); color: var(--quiet); }
  .ledger .term.one { outline: 3px solid var(--emphasis); outline-offset: -1px; }
  .ledger .sum { border-color: var(--output); background: var(--output-fill); font-weight: 600; }
  .ledger .sum.partial { background: none; border-style: dashed; font-weight: 400; }
  p { margin: 0; min-height: 2.9em; }
  p.stop { border-left: 4px solid var(--emphasis); padding-left: 10px; }
  summary { min-height: 32px; line-height: 32px; cursor: pointer; }
  .formula { font-size: 16px; }
  .formula .line { display: flex; flex-wrap: wrap; margin-bottom: 8px; }
  .formula sub { line-height: 1; }
  .formula span { display: grid; text-align: center; white-space: pre; }
  .formula b { font-weight: 400; }
  .formula .mark b { font-weight: 600; }
  .formula i { font-style: normal; }
  .formula .mark i { font-style: italic; }
  .formula .mark { padding: 0 3px; background: var(--neutral-fill); border-radius: 3px; }
  @media (max-width: 480px) { .formula { font-size: 14px; } }
`;

/** ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1, or 0 where the kernel doesn't fit. */
export function outputSize(n, k, s = 1, p = 0, d = 1) {
  return Math.max(0, Math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1);
}

/**
 * All numbers of a convolution of one channel.
 *
 * `size` and `taps` are [rows, columns]; an image or kernel that is smaller repeats.
 */
export function convolved(image, kernel, { size, taps, stride, padding, dilation }) {
  const rows = (count, one) => Array.from({ length: count }, (_, i) => one(i));
  const plane = ([h, w], value) => rows(h, (i) => rows(w, (j) => value(i, j)));
  const repeated = (from) => (i, j) => from[i % from.length][j % from[0].length];
  const inside = (i, j) => i >= 0 && j >= 0 && i < size[0] && j < size[1];
  const padded = size.map((n) => n + 2 * padding);
  const x = plane(padded, (i, j) => inside(i - padding, j - padding) ? repeated(image)(i - padding, j - padding) : 0);
  const w = plane(taps, repeated(kernel));
  const out = size.map((n, axis) => outputSize(n, taps[axis], stride, padding, dilation));
  const fits = out[0] > 0 && out[1] > 0;
  /** The products of an output value, in reading order, with the sum after each. */
  const terms = (i, j) => {
    let sum = 0;
    return w.flatMap((row, a) => row.map((weight, b) => {
      const at = [stride * i + dilation * a, stride * j + dilation * b];
      const number = x[at[0]][at[1]];
      sum += number * weight;
      return { at, tap: [a, b], x: number, w: weight, sum };
    }));
  };
  const y = fits ? plane(out, (i, j) => terms(i, j).at(-1).sum) : [];
  /** Which outputs along an axis read an index of the padded input. */
  const along = (axis, index) => rows(out[axis], (o) => o).filter((o) => {
    const from = index - stride * o;
    return from >= 0 && from % dilation === 0 && from / dilation < taps[axis];
  });
  const readers = (i, j) => fits ? along(0, i).flatMap((a) => along(1, j).map((b) => [a, b])) : [];
  const unread = [0, 1].map((axis) => rows(padded[axis], (i) => i).filter((i) => fits && !along(axis, i).length));
  return { x, w, y, out, padded, fits, terms, readers, unread, inside: (i, j) => inside(i - padding, j - padding) };
}

const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
const bracketed = (value) => (value < 0 ? `(${minus(value)})` : minus(value));
const place = (i, j) => `[${minus(i)}, ${minus(j)}]`;

/** What is never read, in words; nothing if all is. */
export function left(now, s) {
  const parts = [];
  for (const ends of [true, false]) {
    const found = now.unread.map((all, axis) => {
      const last = (now.out[axis] - 1) * s.stride + s.dilation * (s.taps[axis] - 1);
      return all.filter((i) => i > last === ends).length;
    });
    const said = found.map((count, axis) => count && counted(count, AXES[axis])).filter(Boolean).join(" and ");
    if (said) parts.push(`${said} ${ends ? "at the end" : "in between"}`);
  }
  return parts.length ? `Hatched cells are never read: ${parts.join(", ")}.` : "";
}

export function mount(host, options) {
  const live = stage(host, "Convolution arithmetic", LOOK);
  const s = { ...options.start, level: "values" };
  let now, cell, at = {}, drawn = {}, done, look = null, timer = null, arriving = null, room = 0;

  const svg = make("svg:svg", { width: 10, height: 10 });
  const heard = herald(), tell = (words) => heard.say(words, timer ? 1200 : 350);
  const said = make("p");
  const macs = () => s.taps[0] * s.taps[1];
  const values = () => now.out[0] * now.out[1];
  const position = () => Math.floor((done - 1) / macs());
  const taken = () => done - position() * macs();
  const spot = () => [Math.floor(position() / now.out[1]), position() % now.out[1]];

  // Knobs. A square has one for both of its axes.
  const sizes = (key, names, least) => (s[key][0] === s[key][1] ? [[0, 1]] : [[0], [1]]).map((axes, _, all) =>
    knob(all.length > 1 ? names[1 + axes[0]] : names[0], { min: least, max: Math.max(MOST[key], ...s[key]), value: s[key][axes[0]], key: `${key}${axes[0]}` },
      (value) => { for (const axis of axes) s[key][axis] = value; changed(); }));
  const single = (key, name, least) => knob(name, { min: least, max: Math.max(MOST[key], s[key]), value: s[key], key }, (value) => { s[key] = value; changed(); });
  const all = {
    size: () => sizes("size", ["input size H", "input rows H", "input columns W"], 1),
    kernel_size: () => sizes("taps", ["kernel size K", "kernel rows", "kernel columns"], 1),
    stride: () => single("stride", "stride S", 1), padding: () => single("padding", "padding P", 0), dilation: () => single("dilation", "dilation D", 1),
  };
  const knobs = options.knobs.flatMap((name) => all[name]());
  const shelf = make("div", { class: "knobs" }, ...knobs.map((one) => one.element));

  // The player.
  const button = (name, pressed) => make("button", { type: "button", click: pressed }, name);
  const back = button("Back", () => { pause(); step(-1); });
  const play = button("Play", () => (timer ? pause() : start()));
  const next = button("Step", () => { pause(); step(1); });
  const progress = (value) => !now?.fits ? "no output" : s.level === "values" ? `value ${value} of ${values()}` : `MAC ${value} of ${values() * macs()}`;
  const way = knob("", { min: 1, max: 2, value: 1, key: "way", text: (value) => progress(value) }, (value) => {
    pause();
    go(s.level === "values" ? value * macs() : value);
  });
  way.element.querySelector("input").setAttribute("aria-label", "progress");
  const level = choice("Step by", [["values", "output value"], ["products", "single product"]], s.level, (value) => {
    pause();
    s.level = value;
    go(value === "values" ? (position() + 1) * macs() : position() * macs() + 1);
  });

  // The sum, product by product; the formula.
  const value = make("span", { class: "sum" }, make("span"), make("span"));
  const ledger = make("div", { class: "ledger" });
  const formula = make("div", { class: "formula", "aria-hidden": true });
  const spoken = make("span", { class: "aside" }), rest = make("div");
  live.append(
    ...(knobs.length ? [shelf] : []), svg,
    make("div", { class: "player" }, back, play, next, make("div", { class: "way" }, way.element), level.element),
    ledger, said,
    make("details", { open: options.formula }, make("summary", {}, "The output's size, by formula"), formula, spoken, rest), heard.element,
  );

  function changed() {
    halt();
    look = null;
    build();
  }

  /** All that stays while the window moves. */
  function build() {
    now = convolved(options.image, options.kernel, s);
    done = macs();
    const widest = Math.max(...[...now.x, ...now.w, ...now.y].flat().map((number) => minus(number).length));
    const names = [`input ${s.size.join("×")}${s.padding ? `, padded ${now.padded.join("×")}` : ""}`, `kernel ${s.taps.join("×")}`, now.fits ? `output ${now.out.join("×")}` : "no output"];
    const grids = [now.padded, s.taps, now.fits ? now.out : [1, 1]];
    const margins = [INDEX, 0, INDEX];
    const wide = (size) => grids.map(([, w], k) => Math.max(margins[k] + w * size, names[k].length * 8));
    const least = Math.max(26, 8 * widest + 6);
    const most = Math.max(least, Math.min(44, Math.floor(400 / now.padded[0])));
    const fit = (count) => { // the largest cells with which so many stand side by side
      for (let size = most; size >= least; size -= 1)
        if (wide(size).slice(0, count).reduce((a, b) => a + b) + (count - 1) * GAP + 2 * EDGE <= room) return size;
      return 0;
    };
    cell = fit(3) || fit(2) || fit(1) || least;
    // Side by side where there is room, else one below the other.
    let [x, y, low] = [EDGE, 0, 0], right = 0;
    const layers = make("svg:g"), tops = [];
    ["input", "kernel", "output"].forEach((role, k) => {
      const [width, height] = [wide(cell)[k], TITLE + INDEX + grids[k][0] * cell + EDGE];
      if (k && x + width + EDGE > room) [x, y] = [EDGE, low + 14];
      else if (k) layers.append(make("svg:text", { x: x - GAP / 2, y: y + TITLE + INDEX + cell / 2, "font-size": 20 }, "∗="[k - 1]));
      at[role] = { x: x + margins[k], y: y + TITLE + INDEX, grid: grids[k] };
      layers.append(make("svg:text", { class: "title", x: x + margins[k], y: y + TITLE / 2 }, names[k]));
      tops.push(y);
      x += width + GAP;
      right = Math.max(right, x - GAP + EDGE);
      low = Math.max(low, y + height);
    });
    for (const [name, size] of [["width", right], ["height", low]]) svg.setAttribute(name, size);
    svg.setAttribute("viewBox", `0 0 ${right} ${low}`);
    const stripes = make("svg:pattern", { id: "stripes", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      make("svg:path", { d: "M0 0V7", stroke: "var(--edge)", "stroke-width": 2.5 }));
    const parts = ["input", "kernel", "output"].map((role) => draw(role));
    svg.replaceChildren(make("svg:defs", {}, stripes), layers, ...parts);
    ledger.replaceChildren(
      make("span", { class: "names" }, make("span", {}, "product"), make("span", {}, "running sum")),
      ...(drawn.terms = now.w.flat().map(() => make("span", { class: "term" }, make("span"), make("span")))), value,
    );
    write();
    way.set(1, 1, 1);
    for (const one of [back, play, next]) one.disabled = !now.fits;
    drawn.filled = -1;
    show();
  }

  function draw(role) {
    const { x, y, grid: [rows, columns] } = at[role];
    const boxes = make("svg:g"), texts = make("svg:g"), over = make("svg:g"), hatches = make("svg:g", { class: "hatch" });
    const cells = drawn[role] = [];
    const numbers = { input: now.x, kernel: now.w, output: now.y }[role];
    const longest = Math.max(...numbers.flat().map((number) => minus(number).length));
    const font = Math.min(cell > 33 ? 16 : 14, (cell - 4) / (0.64 * longest));
    const offset = role === "input" ? s.padding : 0;
    const square = (i, j, more) => make("svg:rect", { x: x + j * cell, y: y + i * cell, width: cell, height: cell, ...more });
    for (let i = 0; i < rows; i += 1) for (let j = 0; j < columns; j += 1) {
      const look = { input: now.inside(i, j) ? "cell" : "pad", kernel: "weight", output: "empty" }[role];
      const box = square(i, j, { class: look });
      const text = make("svg:text", { x: x + (j + 0.5) * cell, y: y + (i + 0.5) * cell + 1, "font-size": font }, role === "output" ? "" : minus(numbers[i][j]));
      boxes.append(box);
      texts.append(text);
      cells.push({ box, text });
      if (role === "input" && (now.unread[0].includes(i) || now.unread[1].includes(j))) hatches.append(square(i, j, { fill: "url(#stripes)", opacity: 0.75 }));
    }
    if (role !== "kernel" && now.fits) for (const [axis, count] of [rows, columns].entries())
      for (let i = offset; i < count - offset; i += 1) over.append(make("svg:text", {
        class: "index", x: axis ? x + (i + 0.5) * cell : x - 10, y: axis ? y - 9 : y + (i + 0.5) * cell + 1,
      }, i - offset));
    const label = {
      input: "Input: arrow keys ask which outputs read a cell", kernel: "Kernel: arrow keys show one product, Enter steps from it",
      output: "Output: arrow keys move the window",
    }[role];
    const inner = make("svg:g", { "aria-hidden": true }, boxes, hatches);
    if (role === "input" && now.fits) inner.append(drawn.window = frames());
    inner.append(texts, over);
    const ring = drawn[`${role}Ring`] = make("svg:rect", { class: "ring", width: cell, height: cell, visibility: "hidden" });
    inner.append(drawn[`${role}Marks`] = make("svg:g"), ring);
    const part = make("svg:g", { tabindex: now.fits ? 0 : null, role: "application", "aria-label": label, "data-part": role }, inner);
    const move = (down, right) => () => arrow(role, down, right);
    keys(part, {
      ArrowUp: move(-1, 0), ArrowDown: move(1, 0), ArrowLeft: move(0, -1), ArrowRight: move(0, 1),
      Home: () => pointed(role, 0, 0), End: () => pointed(role, rows - 1, columns - 1),
      Enter: () => look?.role === "kernel" && from(look.at), Escape: () => { look = null; show(); },
    });
    part.addEventListener("blur", () => { if (look?.role === role) { look = null; show(); } });
    return part;
  }

  /** The window: a frame, or where dilation spreads it the cells that it reads. */
  function frames() {
    const { x, y } = at.input, d = s.dilation;
    const square = (i, j, high, wide, name) => make("svg:rect", { x: x + j * d * cell, y: y + i * d * cell, width: wide * cell, height: high * cell, class: name });
    const [high, wide] = s.taps.map((k) => d * (k - 1) + 1);
    const spread = d > 1 && macs() > 1;
    const cells = now.w.flatMap((row, i) => row.map((_, j) => square(i, j, 1, 1)));
    if (!spread) for (const box of cells) box.style.stroke = "none";
    return make("svg:g", { class: "window" }, ...cells, square(0, 0, high, wide, spread ? "frame spread" : "frame"));
  }

  function write() {
    const both = s.size[0] !== s.size[1] || s.taps[0] !== s.taps[1];
    const axes = both ? [0, 1] : [0], names = both ? ["rows", "columns"] : ["output size"];
    const column = (symbol, value) => make("span", value === undefined ? {} : { class: "mark" }, make("i", {}, symbol), make("b", {}, value ?? symbol));
    const reach = (axis) => s.size[axis] + 2 * s.padding - s.dilation * (s.taps[axis] - 1) - 1;
    const size = (axis) => (now.fits ? `${now.out[axis]}` : "none");
    const low = (letter, index) => make("span", { style: "display:inline" }, letter, make("sub", {}, index));
    const kernel = (axis) => (both ? low("K", "hw"[axis]) : "K");
    formula.replaceChildren(...axes.map((axis) => make("div", { class: "line" },
      column("⌊("), column("HW"[axis], s.size[axis]), column(" + 2·"), column("P", s.padding), column(" − "),
      column("D", s.dilation), column("·("), column(kernel(axis), s.taps[axis]), column(" − 1) − 1) / "), column("S", s.stride), column("⌋ + 1"),
      column(" = "), column(low("HW"[axis], "out"), size(axis)),
    )));
    spoken.textContent = axes.map((axis) => `${names[axis]} = ⌊(${s.size[axis]} + 2·${s.padding} − ${s.dilation}·(${s.taps[axis]} − 1) − 1) / ${s.stride}⌋ + 1 = ${size(axis)}`).join("; ");
    rest.textContent = !now.fits ? "" : axes.map((axis) => {
      const over = reach(axis) % s.stride, of = both ? ` ${AXES[axis]}s` : "";
      const exact = over ? `leaves ${over} over, which ⌊ ⌋ drops` : "leaves nothing over";
      return `After the first window${of ? ` along${of}` : ""} there is room for ${counted(reach(axis), "more cell")}: ${reach(axis)} / ${s.stride} ${exact}.`;
    }).join(" ");
  }

  /** Move window and rings to where `done` is; returns the product that is pointed out, or -1. */
  function aim(all) {
    const [i, j] = spot();
    const one = look?.role === "input" ? -1 : look?.role === "kernel" ? look.at[0] * s.taps[1] + look.at[1] : s.level === "products" ? taken() - 1 : -1;
    const to = (element, [row, column], origin) => element.setAttribute("transform", `translate(${origin.x + column * cell} ${origin.y + row * cell})`);
    to(drawn.window, [i * s.stride, j * s.stride], { x: 0, y: 0 });
    to(drawn.outputRing, [i, j], at.output);
    drawn.outputRing.setAttribute("visibility", "visible");
    for (const [role, where] of [["input", one < 0 ? null : all[one].at], ["kernel", one < 0 ? null : all[one].tap]]) {
      const ring = drawn[`${role}Ring`], shown = role === "input" && look?.role === "input" ? look.at : where;
      ring.setAttribute("class", "ring one");
      ring.setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) to(ring, shown, at[role]);
    }
    return one;
  }

  /** What changes with every step: some attributes and words. */
  function show() {
    svg.classList.toggle("probing", look?.role === "input");
    play.textContent = timer ? "Pause" : "Play";
    if (!now.fits) return stopped();
    const [i, j] = spot(), all = now.terms(i, j), count = taken();
    const limit = look?.role === "kernel" ? all.length : count, one = aim(all);
    fill(limit === all.length ? null : all[count - 1].sum);
    all.forEach((term, k) => {
      const { className, firstChild, lastChild } = drawn.terms[k];
      const name = `term${k >= limit ? " later" : ""}${k === one ? " one" : ""}`;
      if (className !== name) drawn.terms[k].className = name;
      firstChild.textContent = `${minus(term.x)}·${bracketed(term.w)}`;
      lastChild.textContent = k < limit ? minus(term.sum) : "…";
    });
    const total = all[limit - 1].sum;
    value.className = limit < all.length ? "sum partial" : "sum";
    value.firstChild.textContent = `y${place(i, j)}`;
    value.lastChild.textContent = limit < all.length ? "…" : minus(total);
    way.set(s.level === "values" ? position() + 1 : done, 1, s.level === "values" ? values() : values() * macs());
    back.disabled = done <= (s.level === "values" ? macs() : 1);
    next.disabled = done >= values() * macs();
    const words = probed(all, one) ?? [left(now, s), HINT].filter(Boolean).join(" ");
    said.className = "";
    said.textContent = words;
    tell(look ? words : s.level === "products" ? `MAC ${done} of ${values() * macs()}: ${minus(all[count - 1].x)} times ${minus(all[count - 1].w)}; the sum so far is ${minus(total)}` : `y${place(i, j)} is ${minus(total)}, value ${position() + 1} of ${values()}`);
  }

  /** Output values up to now; `partial` is the sum so far of one that isn't done. */
  function fill(partial) {
    const here = position();
    const [first, last] = [Math.min(drawn.filled, here), Math.max(drawn.filled, here)];
    for (let k = Math.max(first, 0); k <= last; k += 1) {
      const { box, text } = drawn.output[k];
      const full = k < here || (k === here && partial === null);
      box.setAttribute("class", full ? "full" : "empty");
      text.textContent = full ? minus(now.y[Math.floor(k / now.out[1])][k % now.out[1]]) : k === here ? minus(partial) : "";
    }
    drawn.filled = here;
    const marks = look?.role === "input" ? now.readers(...look.at) : [];
    drawn.outputMarks.replaceChildren(...marks.map(([a, b]) => make("svg:rect", {
      class: "ring one", x: at.output.x + b * cell + 3, y: at.output.y + a * cell + 3, width: cell - 6, height: cell - 6,
    })));
  }

  function probed(all, one) {
    if (look?.role === "kernel") {
      const { x, w, at: [i, j], sum } = all[one];
      return `${minus(x)} · ${bracketed(w)} = ${minus(x * w)}: ${named(i, j)} meets kernel${place(...look.at)}, and the sum becomes ${minus(sum)}. Press it to step on from here.`;
    }
    if (look?.role !== "input") return null;
    const found = now.readers(...look.at), name = named(...look.at);
    if (!found.length) return `${name} is never read.`;
    const listed = found.slice(0, 6).map((one) => `y${place(...one)}`).join(", ");
    return `${name} is read by ${counted(found.length, "output")} of ${values()}: ${listed}${found.length > 6 ? ` and ${found.length - 6} more` : ""}.`;
  }
  const named = (i, j) => (now.inside(i, j) ? `x${place(i - s.padding, j - s.padding)}` : "This zero of the padding");

  function stopped() {
    const axis = s.dilation * (s.taps[0] - 1) + 1 > now.padded[0] ? 0 : 1;
    const reach = s.dilation * (s.taps[axis] - 1) + 1;
    const spread = s.dilation > 1 ? ` with dilation ${s.dilation}` : "", zeros = s.padding ? ", padding included" : "";
    said.className = "stop";
    said.textContent = `A kernel of ${counted(s.taps[axis], AXES[axis])}${spread} covers ${reach}, and the input has ${now.padded[axis]}${zeros}: it fits nowhere, so there is no output.`;
    for (const term of drawn.terms) [term.className, term.firstChild.textContent, term.lastChild.textContent] = ["term later", "…", "…"];
    [value.className, value.firstChild.textContent, value.lastChild.textContent] = ["sum partial", "y", "none"];
    tell(said.textContent);
  }

  function go(to) {
    if (!now.fits) return;
    look = null;
    done = Math.max(1, Math.min(values() * macs(), to));
    show();
  }
  const after = (by) => (s.level === "values" ? (position() + 1 + by || 1) * macs() : done + by);
  const step = (by) => go(after(by));
  const from = ([a, b]) => {
    s.level = "products";
    level.set("products");
    go(position() * macs() + a * s.taps[1] + b + 1);
  };

  function start() {
    look = null;
    if (done >= values() * macs()) go(s.level === "values" ? macs() : 1);
    timer = setInterval(() => {
      if (!host.isConnected || done >= values() * macs()) return pause();
      if (!motion()) return step(1);
      const here = done; // words and numbers change when the window has arrived
      done = after(1);
      aim(now.terms(...spot()));
      done = here;
      arriving = setTimeout(() => { arriving = null; step(1); }, GLIDE);
    }, PACE[s.level]);
    svg.classList.toggle("playing", motion());
    show();
  }
  /** Stop playing; a window on its way is there at once. */
  function halt() {
    if (arriving) done = after(1);
    clearTimeout(arriving);
    clearInterval(timer);
    timer = arriving = null;
    svg.classList.remove("playing");
  }
  function pause() {
    if (!timer) return;
    halt();
    show();
  }

  /** A cell was pointed at, by whatever means. */
  function pointed(role, i, j) {
    pause();
    if (role === "output") return go((i * now.out[1] + j) * macs() + taken());
    if (look?.role === role && look.at[0] === i && look.at[1] === j) return;
    look = { role, at: [i, j] };
    show();
  }
  function arrow(role, down, right) {
    const first = role === "input" ? [s.padding, s.padding] : [0, 0];
    const here = role === "output" ? spot() : look?.role === role ? look.at : null;
    if (!here) return pointed(role, ...first);
    const clipped = [here[0] + down, here[1] + right].map((to, axis) => Math.max(0, Math.min(at[role].grid[axis] - 1, to)));
    pointed(role, ...clipped);
  }
  function hit(event) {
    const { x, y } = within(svg, event);
    for (const [role, { x: left, y: top, grid }] of Object.entries(at)) {
      const [i, j] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
      if (i >= 0 && j >= 0 && i < grid[0] && j < grid[1]) return [role, i, j];
    }
    return null;
  }
  let last = "";
  point(svg, (event) => {
    const found = now.fits ? hit(event) : null;
    const key = `${found}`;
    if (event.type === "pointermove" && key === last) return;
    last = key;
    if (!found) { if (look) { look = null; show(); } return; }
    if (found[0] === "kernel" && event.type === "pointerdown") from(found.slice(1));
    else pointed(...found);
  });
  svg.addEventListener("pointerleave", (event) => {
    last = "";
    if (look && event.pointerType === "mouse") { look = null; show(); }
  });

  fitted(live, (width) => {
    room = width - 24;
    const fits = Math.max(1, Math.floor((room + 18) / (KNOB + 18))); // side by side, and as many in each row
    shelf.style.setProperty("--columns", Math.ceil(knobs.length / Math.ceil(knobs.length / fits)) || 1);
    const kept = done;
    build();
    if (kept) go(kept);
  });
}
