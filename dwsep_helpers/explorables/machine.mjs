// The layer machine: a layer as blocks, pulled apart into sheets and pencils, down to one product.
import { stage, make, minus, grouped, knob, choice, keys, point, within, motion, fitted, tell } from "./common.mjs";

const MEANS = {
  standard: "Every filter reads all channels.",
  depthwise: "Each channel by itself, with a kernel of its own.",
  pointwise: "All channels of one pixel, and none of its neighbours.",
  separable: "Each channel by itself; then 1×1 filters mix the channels.",
};
const FORMULAS = { // MACs, parameters
  standard: ["K·K·C_in·C_out·H_out·W_out", "K·K·C_in·C_out"],
  depthwise: ["K·K·C_in·m·H_out·W_out", "K·K·C_in·m"],
  pointwise: ["C_in·C_out·H_out·W_out", "C_in·C_out"],
  separable: ["K·K·C_in·m·H_out·W_out + C_in·m·C_out·H_out·W_out", "K·K·C_in·m + C_in·m·C_out"],
};
const UNUSED = { standard: "m", depthwise: "C_out", pointwise: "K S P m", separable: "" };
const TWEEN = 650; // ms

// ---------------------------------------------------------------- numbers

/** A fixed pseudo-random integer from up to five small ones: layer_numbers in Python has the same. */
export function hash(role, a, b, c = 0, d = 0) {
  let h = Math.imul(role + 1, 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) ^ (a + 1), 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) ^ (b + 1), 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) ^ (c + 1), 0x9e3779b1);
  h = Math.imul((h ^ (h >>> 15)) ^ (d + 1), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
export const inputAt = (channel, row, column) => hash(0, channel, row, column) % 4;
export const standardWeight = (filter, channel, a, b) => (hash(1, filter, channel, a, b) % 5) - 2;
export const depthwiseWeight = (channel, which, a, b) => (hash(2, channel, which, a, b) % 5) - 2;
export const pointwiseWeight = (filter, channel) => (hash(3, filter, channel) % 5) - 2;

/** What follows from the knobs: a set is {kind, C_in, C_out, H, K, S, P, m}. */
export function sizes(set) {
  const { kind, C_in, H } = set, plain = kind === "pointwise";
  const [K, S, P] = plain ? [1, 1, 0] : [set.K, set.S, set.P];
  const apart = kind === "depthwise" || kind === "separable", padded = H + 2 * P;
  const between = apart ? C_in * set.m : 0; // maps that the depthwise stage makes
  return {
    K, S, P, padded, apart, between, fits: K <= padded,
    out: K <= padded ? Math.floor((padded - K) / S) + 1 : 0,
    maps: kind === "depthwise" ? between : set.C_out,
  };
}

/** MACs of a layer, as the terms that add up; none where the kernel doesn't fit. */
export function macs(set) {
  const { K, out, fits, between } = sizes(set), places = out * out;
  if (!fits) return [];
  const depthwise = K * K * between * places;
  if (set.kind === "standard") return [K * K * set.C_in * set.C_out * places];
  if (set.kind === "depthwise") return [depthwise];
  if (set.kind === "pointwise") return [set.C_in * set.C_out * places];
  return [depthwise, between * set.C_out * places];
}

export const parameters = (set) => macs(set).reduce((sum, term) => sum + term, 0) / sizes(set).out ** 2;
export const total = (terms) => terms.reduce((sum, term) => sum + term, 0);

/** What an output value reads: for each channel the numbers, their weights, and the sum. */
export function reads(set, { map, row, column }) {
  const { kind, C_in, H, m } = set, { K, S, P, between } = sizes(set);
  const group = (channel, weight, more) => {
    const x = [], w = [], inside = [];
    let sum = 0;
    for (let a = 0; a < K; a++)
      for (let b = 0; b < K; b++) {
        const i = row * S + a - P, j = column * S + b - P, within = i >= 0 && j >= 0 && i < H && j < H;
        inside.push(within);
        x.push(within ? inputAt(channel, i, j) : 0);
        w.push(weight(a, b));
        sum += x.at(-1) * w.at(-1);
      }
    return { channel, x, w, inside, sum, ...more };
  };
  if (kind === "pointwise") return Array.from({ length: C_in }, (_, c) => group(c, () => pointwiseWeight(map, c)));
  if (kind === "standard") return Array.from({ length: C_in }, (_, c) => group(c, (a, b) => standardWeight(map, c, a, b)));
  const filtered = (k, more) => {
    const channel = Math.floor(k / m), which = k % m;
    return group(channel, (a, b) => depthwiseWeight(channel, which, a, b), { which, ...more });
  };
  if (kind === "depthwise") return [filtered(map)];
  return Array.from({ length: between }, (_, k) => filtered(k, { between: k, weight: pointwiseWeight(map, k) }));
}

/** The output value that what was read adds up to. */
export const valueOf = (groups) =>
  groups.reduce((sum, { sum: own, weight = 1 }) => sum + own * weight, 0);

/** One of the products, by its number: what meets, and the running sum before it. */
export function productOf(groups, number) {
  const taps = groups[0].x.length, filtering = groups.length * taps;
  if (number >= filtering) {
    const at = number - filtering, { sum: x, weight: w } = groups[at];
    return { stage: 2, at, x, w, before: valueOf(groups.slice(0, at)) };
  }
  const at = Math.floor(number / taps), tap = number % taps, { x, w } = groups[at];
  const mixed = groups[0].weight !== undefined; // each map of the depthwise stage has a sum of its own
  let before = mixed ? 0 : total(groups.slice(0, at).map((group) => group.sum));
  for (let i = 0; i < tap; i++) before += x[i] * w[i];
  return { stage: 1, at, tap, x: x[tap], w: w[tap], before };
}
export const productCount = (groups) => groups.length * (groups[0].x.length + (groups[0].weight !== undefined));

/** What a learner's function counted here: a number, or nothing where it equals the library's. */
export function counted(table, set) {
  if (!table) return undefined;
  const { out } = sizes(set), given = { ...set, out, out_in: set.H, m_in: set.C_in };
  let at = 0;
  for (const [name, values] of table.axes) {
    const place = values.indexOf(given[name]);
    if (place < 0) return null;
    at = at * values.length + place;
  }
  return table.values ? table.values[at] : 0;
}

// ---------------------------------------------------------------- blocks on paper

/** Which of many sheets are drawn: the first, the last, the chosen one, and some more. */
export function drawn(count, chosen, most) {
  const some = new Set([0, count - 1, Math.min(Math.max(chosen, 0), count - 1)]);
  for (let i = 1; some.size < Math.min(most, count); i++) some.add(i);
  return [...some].sort((a, b) => a - b);
}

const SHEETS = 5, FILTERS = 3, PENCILS = 4, BREAK = 12, LINE = 17;
const square = (side) => `${grouped(side)}×${grouped(side)}`;
const many = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** How far back each drawn sheet begins; where some are left out, there is a break. */
function depths({ sheets, thick, gap }) {
  let back = 0;
  return sheets.map((sheet, i) => {
    if (i) back += thick + gap + (sheet - sheets[i - 1] > 1 ? BREAK : 0);
    return back;
  });
}
const deep = (block) => depths(block).at(-1) + block.thick;

/** Columns of blocks, in cells of a size, from left to right: {blocks, words, sign}. */
function columns(set, place, cell) {
  const z = sizes(set), { C_in, C_out, H, m, kind } = set, { K, P, out, maps, between, apart } = z;
  const thick = Math.max(3, 0.6 * cell), gap = apart ? Math.max(9, 1.5 * cell) : 0;
  const channel = kind === "depthwise" ? Math.floor(place.map / m) : 0;
  const block = (key, role, side, count, chosen, more = {}) => ({
    key, role, side, cell, thick, gap, opacity: 1, pad: 0, chosen,
    sheets: drawn(count, chosen, SHEETS), ...more,
  });
  const stack = (key, role, side, count, chosen, made, most) =>
    drawn(count, chosen, most).map((which, i, all) => ({
      ...made(`${key}${i}`, which), which, broken: i > 0 && which - all[i - 1] > 1,
      opacity: which === chosen ? 1 : 0.5, of: count,
    }));
  const [first, second] = macs(set);
  const cost = (value) => (value === undefined ? [] : [`${grouped(value)} MACs`]);
  const some = (count, most = SHEETS) => (count > most ? [`(${most} drawn)`] : []);
  const input = {
    blocks: [block("input", "input", H, C_in, channel, { pad: P })],
    words: ["input", `${square(H)}×${grouped(C_in)}${P ? `, padding ${P}` : ""}`, ...some(C_in)],
  };
  const pencils = (key, deepness, price) => ({
    sign: "∗",
    blocks: stack(key, "kernel", 1, C_out, place.map, (name) => block(name, "kernel", 1, deepness, 0, { gap: 0, cell: Math.max(cell, 9), thick: Math.max(thick, 6) }), key === "f" ? FILTERS : PENCILS),
    words: [many(C_out, "filter"), `1×1×${grouped(deepness)}${C_out > 1 ? " each" : ""}`, ...cost(price)],
  });
  const kernels = {
    sign: "∗",
    blocks: apart
      ? stack("f", "kernel", K, m, kind === "depthwise" ? place.map % m : -1, (name) => block(name, "kernel", K, C_in, channel), FILTERS).map((one) => ({ ...one, opacity: kind === "separable" ? 1 : one.opacity }))
      : stack("f", "kernel", K, C_out, place.map, (name) => block(name, "kernel", K, C_in, 0), FILTERS),
    words: apart
      ? [many(C_in * m, "kernel"), `${square(K)}${C_in * m > 1 ? " each" : ""}`, ...cost(first)]
      : [many(C_out, "filter"), `${square(K)}×${grouped(C_in)}${C_out > 1 ? " each" : ""}`, ...cost(first)],
  };
  const flat = kind === "depthwise" ? { gap, thick } : { gap: 0, thick: Math.min(thick, 6) };
  const output = {
    sign: "→",
    blocks: z.fits ? [block("output", "output", out, maps, place.map, flat)] : [],
    words: ["output", z.fits ? `${square(out)}×${grouped(maps)}` : "none", ...(z.fits ? some(maps) : [])],
  };
  if (kind === "pointwise") return [input, pencils("f", C_in, first), output];
  if (kind !== "separable") return [input, kernels, output];
  const middle = {
    sign: "→",
    blocks: z.fits ? [block("middle", "output", out, between, 0, { gap: gap / 2 })] : [],
    words: [m > 1 ? `${m} maps for each` : "one map each", z.fits ? `${square(out)}×${grouped(between)}` : "none", ...(z.fits ? some(between) : [])],
  };
  return [input, kernels, middle, pencils("p", between, second), output];
}

/** Put the blocks where they are drawn, as large as the width allows: {blocks, texts, height}. */
export function arranged(set, place, width) {
  const breadth = (block) => (block.side + 2 * block.pad) * block.cell + 0.8 * deep(block);
  const height = (block) => (block.side + 2 * block.pad) * block.cell + 0.6 * deep(block);
  const wide = (column) => Math.max(...column.blocks.map(breadth), ...column.words.map((words) => 6.7 * words.length), 40);
  const GAP = 30;
  let rows, cell = 16.5;
  do {
    cell -= 0.5;
    const all = columns(set, place, cell);
    rows = all.length > 3 && width < 640 ? [all.slice(0, 3), all.slice(3)] : [all];
  } while (cell > 3 && rows.some((row) => total(row.map(wide)) + GAP * (row.length - 1) > width || tallest(row) > 250));
  function tallest(row) {
    return Math.max(...row.map(({ blocks }) => total(blocks.map((one) => height(one) + (one.broken ? 22 : 10)))));
  }
  const blocks = [], texts = [];
  let top = 4;
  for (const row of rows) {
    const tall = tallest(row), middle = top + tall / 2;
    const free = width - total(row.map(wide)) - GAP * (row.length - 1);
    const more = Math.min(free / row.length, 46); // between columns; what is left is at both sides
    let left = (width - total(row.map(wide)) - (GAP + more) * (row.length - 1)) / 2;
    for (const column of row) {
      const across = wide(column), centre = left + across / 2;
      if (column.sign) texts.push({ x: left - (GAP + more) / 2, y: middle + 6, words: column.sign, sign: true });
      const inside = total(column.blocks.map((one, i) => height(one) + (i ? (one.broken ? 22 : 10) : 0)));
      let y = middle - inside / 2;
      for (const block of column.blocks) {
        if (block.broken) texts.push({ x: centre, y: y + 17, words: "⋮", sign: true });
        if (y > middle - inside / 2) y += block.broken ? 22 : 10;
        const front = block.side * block.cell, ring = block.pad * block.cell;
        blocks.push({ ...block, left: centre - breadth(block) / 2 + ring, top: y + 0.6 * deep(block) + ring, width: front, height: front });
        y += height(block);
      }
      column.words.forEach((words, i) => texts.push({ x: centre, y: top + tall + 20 + LINE * i, words, strong: words.endsWith("MACs"), name: i === 0 }));
      left += across + GAP + more;
    }
    top += tall + 24 + LINE * Math.max(...row.map(({ words }) => words.length));
  }
  return { blocks, texts, height: top };
}

const box = (x, y, w, h = w) => `M${x.toFixed(1)} ${y.toFixed(1)}h${w.toFixed(1)}v${h.toFixed(1)}h${(-w).toFixed(1)}z`;
const slanted = (x, y, dx, dy, back) => {
  const go = (a, b) => `l${a.toFixed(1)} ${b.toFixed(1)}`;
  const [bx, by] = [0.8 * back, -0.6 * back];
  return `M${x.toFixed(1)} ${y.toFixed(1)}${go(bx, by)}${go(dx, dy)}${go(-bx, -by)}z`;
};
const topOf = (x, y, w, back) => slanted(x, y, w, 0, back);
const sideOf = (x, y, w, h, back) => slanted(x + w, y, 0, h, back);

const put = (element, name, value) => {
  if (element.said?.[name] === value) return;
  (element.said ??= {})[name] = value;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
};
const say = (element, words) => { if (element.textContent !== words) element.textContent = words; };

/** An SVG of blocks that are only ever changed: of each the sheets, the last one first. */
function paper() {
  const parts = ["side", "top", "front", "lines", "lit", "ring"];
  const made = {}, holder = make("svg:g");
  const names = ["input", "f0", "f1", "f2", "middle", "p0", "p1", "p2", "p3", "output"];
  for (const name of names) {
    const role = name[0] === "f" || name[0] === "p" ? "kernel" : name === "input" ? "input" : "output";
    const group = make("svg:g", { class: role });
    const sheets = Array.from({ length: SHEETS }, () => {
      const sheet = Object.fromEntries(parts.map((part) => [part, make("svg:path", { class: part })]));
      sheet.group = make("svg:g", {}, ...parts.map((part) => sheet[part]));
      return sheet;
    });
    group.append(...sheets.toReversed().map((sheet) => sheet.group));
    made[name] = { group, sheets };
    holder.append(group);
  }
  /** Draw a block; `lit(block, sheet)` gives what is lit, in cells: [row, column, side]. */
  function draw(name, block, lit = () => null) {
    const { group, sheets } = made[name];
    put(group, "visibility", block ? null : "hidden");
    if (!block) return;
    put(group, "opacity", block.opacity.toFixed(2));
    const held = made[name];
    if (held.drawn !== block) shape(held, block);
    const back = depths(block), cell = block.width / block.side;
    block.sheets.forEach((sheet, i) => {
      const where = lit(block, sheet, i);
      const x = block.left + 0.8 * back[i], y = block.top - 0.6 * back[i];
      put(sheets[i].lit, "d", where ? box(x + where[1] * cell, y + where[0] * cell, where[2] * cell) : "");
    });
  }
  function shape(held, block) {
    const { sheets } = held;
    held.drawn = block;
    const back = depths(block), { side, width, height, thick } = block, cell = width / side;
    const before = block.sheets.indexOf(block.chosen);
    sheets.forEach((sheet, i) => {
      const there = i < block.sheets.length;
      put(sheet.group, "visibility", there ? null : "hidden");
      if (!there) return;
      const x = block.left + 0.8 * back[i], y = block.top - 0.6 * back[i];
      put(sheet.group, "class", i < before ? "ghost" : null);
      put(sheet.front, "d", box(x, y, width, height));
      put(sheet.top, "d", topOf(x, y, width, thick));
      put(sheet.side, "d", sideOf(x, y, width, height, thick));
      let lines = "";
      if (cell >= 4)
        for (let at = 1; at < side; at++) {
          const step = at * cell, down = (at * height) / side, dx = (0.8 * thick).toFixed(1), dy = (-0.6 * thick).toFixed(1);
          lines += `M${x.toFixed(1)} ${(y + down).toFixed(1)}h${width.toFixed(1)}l${dx} ${dy}`;
          lines += `M${(x + step).toFixed(1)} ${(y + height).toFixed(1)}v${(-height).toFixed(1)}l${dx} ${dy}`;
        }
      put(sheet.lines, "d", lines);
      const ring = block.pad * cell;
      put(sheet.ring, "d", ring && (block.gap || i === 0) ? box(x - ring, y - ring, width + 2 * ring, height + 2 * ring) : "");
    });
  }
  return { holder, draw, names };
}

// ---------------------------------------------------------------- the numbers that meet

const ITEMS = 8;

/** An SVG of what an output value reads: for each channel its numbers, their weights, their sum. */
function table(chosen) {
  const svg = make("svg:svg", { class: "numbers", tabindex: 0, role: "application", "aria-label": "The products of this output value: left and right arrow keys go through them" });
  const items = Array.from({ length: ITEMS }, () => {
    const part = (name) => make("svg:path", { class: name });
    const one = { x: part("x"), pad: part("pad"), w: part("w"), lines: part("lines"), title: make("svg:text", { class: "title" }), dot: make("svg:text", { class: "sum" }), sum: make("svg:text", { class: "sum" }), mixed: make("svg:text", { class: "sum" }), cells: [] };
    one.group = make("svg:g", {}, one.x, one.pad, one.w, one.lines, one.title, one.dot, one.sum, one.mixed);
    svg.append(one.group);
    return one;
  });
  const frames = [0, 1].map(() => make("svg:path", { class: "now" }));
  svg.append(...frames);
  let spots = [], taps = 0;

  function show(groups, number, width, label) {
    taps = groups[0].x.length;
    const K = Math.sqrt(taps), mixed = groups[0].weight !== undefined;
    const at = number === null ? null : productOf(groups, number);
    const most = K > 5 ? 3 : K > 3 ? 4 : K > 1 ? 6 : ITEMS;
    const first = at ? Math.floor(at.at / most) * most : 0, shown = groups.slice(first, first + most);
    const rest = mixed ? 104 : 62, cell = Math.max(16, Math.min(26, Math.floor((width - rest - 22) / (2 * K))));
    const wide = 2 * K * cell + 20 + rest, across = Math.max(1, Math.floor((width + 16) / (wide + 16)));
    const tall = Math.max(K * cell, mixed ? 42 : 24) + 30;
    spots = [];
    items.forEach((item, i) => {
      const group = shown[i];
      put(item.group, "visibility", group ? null : "hidden");
      if (!group) return;
      const left = 1 + (i % across) * (wide + 16), top = 22 + Math.floor(i / across) * tall, side = K * cell;
      const right = left + side + 20;
      put(item.x, "d", box(left, top, side));
      put(item.w, "d", box(right, top, side));
      put(item.pad, "d", group.inside.map((inside, tap) => inside ? "" : box(left + (tap % K) * cell, top + Math.floor(tap / K) * cell, cell)).join(""));
      let lines = "";
      for (let line = 1; line < K; line++)
        for (const x of [left, right]) lines += `M${x} ${top + line * cell}h${side}M${x + line * cell} ${top}v${side}`;
      put(item.lines, "d", lines);
      const write = (text, x, y, words) => { put(text, "x", x); put(text, "y", y); say(text, words); };
      write(item.title, left, top - 7, label(group));
      write(item.dot, left + side + 10, top + side / 2 + 5, "·");
      put(item.dot, "text-anchor", "middle");
      write(item.sum, right + side + 8, top + side / 2 + (mixed ? -4 : 5), `= ${minus(group.sum)}`);
      write(item.mixed, right + side + 8, top + side / 2 + 16, mixed ? `· ${paren(group.weight)} = ${minus(group.weight * group.sum)}` : "");
      put(item.mixed, "class", at && at.stage === 2 && at.at === first + i ? "sum at" : "sum");
      const texts = 2 * taps;
      while (item.cells.length < texts) item.group.append(item.cells[item.cells.push(make("svg:text", { class: "cell" })) - 1]);
      item.cells.forEach((text, n) => {
        put(text, "visibility", n < texts ? null : "hidden");
        if (n >= texts) return;
        const tap = n % taps, of = n < taps ? group.x : group.w;
        const done = !at || at.stage === 2 || (first + i) * taps + tap <= number;
        put(text, "class", done ? "cell" : "cell later");
        write(text, (n < taps ? left : right) + ((tap % K) + 0.5) * cell, top + (Math.floor(tap / K) + 0.5) * cell + 4.5, minus(of[tap]));
      });
      spots.push({ left, right, top, cell, K, first: (first + i) * taps, mixing: mixed ? groups.length * taps + first + i : null });
    });
    const spot = at && spots[at.at - first];
    frames.forEach((frame, i) => {
      const tap = at?.tap;
      put(frame, "d", spot && tap !== undefined ? box((i ? spot.right : spot.left) + (tap % K) * cell, spot.top + Math.floor(tap / K) * cell, cell) : "");
    });
    const height = 22 + Math.ceil(shown.length / across) * tall - 6;
    put(svg, "viewBox", `0 0 ${width} ${height}`);
    put(svg, "height", height);
    put(svg, "width", width);
    return { first, count: shown.length };
  }
  svg.addEventListener("click", (event) => {
    const { x, y } = within(svg, event);
    for (const { left, right, top, cell, K, first, mixing } of spots) {
      const row = Math.floor((y - top) / cell);
      for (const start of [left, right]) {
        const column = Math.floor((x - start) / cell);
        if (row >= 0 && row < K && column >= 0 && column < K) return chosen(first + row * K + column);
      }
      const past = x - right - K * cell;
      if (mixing !== null && past > 0 && past < 100 && y > top - 6 && y < top + Math.max(K * cell, 48)) return chosen(mixing);
    }
  });
  return { svg, show };
}

const paren = (value) => (value < 0 ? `(${minus(value)})` : minus(value));

// ---------------------------------------------------------------- the figure

const LOOK = `
  .kinds legend { float: none; padding: 0; position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .kinds { gap: 6px; margin: 0 0 8px; }
  .kinds label { display: inline-flex; gap: 7px; align-items: center; min-height: 32px; padding: 0 12px 0 9px; border: 1px solid var(--edge); border-radius: 16px; cursor: pointer; }
  .kinds label:has(:checked) { background: var(--input-fill); border-color: var(--input); box-shadow: inset 0 0 0 1px var(--input); }
  .top { display: flex; flex-wrap: wrap; gap: 4px 28px; align-items: end; justify-content: space-between; }
  .count { font-size: 30px; line-height: 1.1; font-weight: 650; color: var(--emphasis); white-space: nowrap; }
  .count small { font-size: 16px; font-weight: 500; }
  .bars { height: 8px; border-radius: 4px; background: var(--neutral-fill); box-shadow: inset 0 0 0 1px var(--edge); margin: 6px 0 3px; overflow: hidden; }
  .bars div { height: 100%; background: var(--emphasis); min-width: 2px; transform-origin: left; }
  p { margin: 2px 0; }
  .quiet { color: var(--quiet); }
  .scene { touch-action: pan-y; margin: 6px auto 0; overflow: visible; }
  .scene text { text-anchor: middle; font-size: 13px; }
  .scene .name { font-weight: 650; }
  .scene .sign { font-size: 20px; }
  .scene .strong { fill: var(--emphasis); font-weight: 650; }
  .scene path { stroke-linejoin: round; fill: none; }
  .input { --f: var(--input-fill); --l: var(--input); }
  .kernel { --f: var(--kernel-fill); --l: var(--kernel); }
  .output { --f: var(--output-fill); --l: var(--output); }
  .scene .front { fill: var(--f); stroke: var(--l); fill-opacity: .88; }
  .scene .top { fill: color-mix(in srgb, var(--f) 84%, var(--l)); stroke: var(--l); stroke-width: .8; }
  .scene .side { fill: color-mix(in srgb, var(--f) 66%, var(--l)); stroke: var(--l); stroke-width: .8; }
  .scene .lines { stroke: var(--l); stroke-width: .5; opacity: .75; }
  .scene .ring { stroke: var(--edge); stroke-dasharray: 3 3; }
  .ghost .front, .ghost .top, .ghost .side { fill-opacity: .14; }
  .ghost .lines { opacity: .15; }
  .lit { stroke: var(--ink); stroke-width: 1.6; fill: var(--kernel); fill-opacity: .5; }
  .output .lit { fill: var(--output); fill-opacity: .85; }
  .kernel .lit { fill-opacity: .28; }
  .ghost .lit { fill-opacity: .3; }
  .scene .bar { fill: var(--kernel); fill-opacity: .34; stroke: var(--ink); stroke-width: 1.2; }
  .scene .beam { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 1 3; opacity: .7; }
  .scene .now, .numbers .now { stroke: var(--emphasis); stroke-width: 2.5; fill: none; }
  .output { cursor: pointer; }
  .way { display: flex; flex-wrap: wrap; gap: 4px 6px; align-items: center; margin: 8px 0 4px; }
  .way button[aria-current] { background: var(--neutral-fill); font-weight: 650; }
  .numbers { margin: 4px 0; cursor: pointer; }
  .numbers text { font-size: 13px; }
  .numbers .cell { text-anchor: middle; }
  .numbers .later { opacity: .38; }
  .numbers .title { font-weight: 600; }
  .numbers .sum { font-size: 15px; }
  .numbers .at { fill: var(--emphasis); font-weight: 700; }
  .numbers .x { fill: var(--input-fill); stroke: var(--input); }
  .numbers .pad { fill: var(--neutral-fill); stroke: var(--edge); stroke-dasharray: 2 2; }
  .numbers .w { fill: var(--kernel-fill); stroke: var(--kernel); }
  .numbers .lines { fill: none; stroke: var(--edge); stroke-width: .5; }
  .product { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: center; }
  .product strong { font-size: 22px; font-weight: 650; }
  .machine-knobs { display: grid; grid-template-columns: repeat(auto-fill, minmax(158px, 1fr)); gap: 0 18px; margin: 8px 0 6px; }
  .machine-knobs label { display: grid; grid-template-columns: 5.2em 1fr 2.7em; gap: 6px; align-items: center; min-height: 32px; }
  .machine-knobs input { width: 100%; min-width: 0; }
  .machine-knobs output { text-align: right; min-width: 0; }
  .unused { color: var(--quiet); }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 8px 0 2px; }
  dt { font-weight: 600; }
  dd { margin: 0; }
  sub { font-size: .75em; line-height: 0; }
  [hidden] { display: none !important; }
`;

/** Words with indices set low: "C_in". */
const indexed = (words) =>
  words.split(/(_[a-z]+)/).map((part) => (part[0] === "_" ? make("sub", {}, part.slice(1)) : part));

const LISTS = {
  C_in: [1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256, 512], C_out: [1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256, 512, 1024],
  H: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], K: [1, 2, 3, 4, 5, 6, 7], S: [1, 2, 3, 4], P: [0, 1, 2, 3], m: [1, 2, 3, 4],
};
const NAMES = { C_in: "C_in", C_out: "C_out", K: "K", S: "stride", P: "padding", m: "multiplier", H: "H" };

export function mount(host, options) {
  const set = { ...options.set }, place = { ...options.place };
  let level = options.level ?? 0, number = 0, width = 0, groups = null;
  let plan = null, blocks = {}, running = 0, shownCount = null;
  const live = stage(host, "The layer machine: standard, depthwise, pointwise and separable convolution", LOOK);

  // Knobs
  const kinds = choice("Layer", Object.keys(MEANS).map((kind) => [kind, kind]), set.kind, (kind) => change({ kind }));
  kinds.element.classList.add("kinds");
  const lists = {}, knobs = {};
  for (const name of Object.keys(NAMES)) {
    const given = options.lists?.[name] ?? LISTS[name];
    lists[name] = [...new Set([...given, set[name]])].sort((a, b) => a - b);
    const title = make("span", {}, ...indexed(NAMES[name]));
    const list = lists[name], unused = () => UNUSED[set.kind].split(" ").includes(name);
    knobs[name] = knob(title, {
      min: 0, max: list.length - 1, value: list.indexOf(set[name]), key: name,
      text: (at) => (unused() ? "unused" : grouped(list[at])),
    }, (at) => change({ [name]: list[at] }));
    knobs[name].unused = unused;
  }
  knobs.map = knob("output map", { min: 0, max: 1, value: 0, key: "map" }, (map) => move({ map }));
  const shelf = make("div", { class: "machine-knobs" }, ...Object.values(knobs).map((one) => one.element));

  // What is read beside the picture
  const big = make("span"), count = make("div", { class: "count" }, big, make("small", {}, " MACs"));
  const meaning = make("p"), bar = make("div"), bars = make("div", { class: "bars", "aria-hidden": "true" }, bar);
  const share = make("p", { class: "quiet" }), yours = make("p"), missing = make("p", { role: "status" });
  const facts = make("dl"), fact = (name) => {
    const formula = make("span"), values = make("span"), result = make("strong");
    facts.append(make("dt", {}, name), make("dd", {}, formula, values, result));
    return { formula, values, result };
  };
  const lines = { MACs: fact("MACs"), parameters: fact("Parameters"), output: fact("Output") };

  // The picture
  const sheets = paper();
  const texts = Array.from({ length: 44 }, () => make("svg:text"));
  const over = Object.fromEntries(["beam", "inputTop", "inputSide", "middleTop", "middleSide", "nowX", "nowW"].map((name) =>
    [name, make("svg:path", { class: name === "beam" ? "beam" : name.startsWith("now") ? "now" : "bar" })]));
  const scene = make("svg:svg", { class: "scene", tabindex: 0, role: "application", "aria-label": "Output values: arrow keys choose a position, Page Up and Page Down a map, Enter shows its numbers" }, sheets.holder, ...Object.values(over), ...texts);

  // Down to the single product
  const down = [0, 1, 2].map((to) => make("button", { type: "button", click: () => go(to) }));
  const way = make("nav", { class: "way", "aria-label": "Levels of detail" }, down[0], make("span", { "aria-hidden": "true" }, "›"), down[1], make("span", { "aria-hidden": "true" }, "›"), down[2]);
  const said = make("p", { class: "said", "aria-live": "polite" });
  const equation = make("strong"), around = make("span"), before = make("button", { type: "button", click: () => step(-1) }, "◀ previous"), after = make("button", { type: "button", click: () => step(1) }, "next ▶");
  const product = make("div", { class: "product" }, before, after, equation, around);
  const numbers = table((chosen) => { number = chosen; go(2); });
  const sum = make("p", { class: "sums" });
  const detail = make("div", {}, numbers.svg, sum, product);

  live.append(kinds.element, shelf, make("div", { class: "top" }, make("div", {}, meaning, count)), bars, share, yours, missing, scene, way, said, detail, facts);

  function change(some) {
    const kind = some.kind !== undefined && some.kind !== set.kind;
    Object.assign(set, some);
    number = 0;
    settle();
    draw(kind);
    tell(host, options.channel, { ...set, ...place });
  }
  function move(to) {
    const map = place.map;
    Object.assign(place, to);
    clamp();
    if (place.map !== map) plan = null;
    draw(false);
  }
  function clamp() {
    const { out, maps } = sizes(set);
    place.row = Math.max(0, Math.min(place.row, out - 1));
    place.column = Math.max(0, Math.min(place.column, out - 1));
    place.map = Math.max(0, Math.min(place.map, maps - 1));
  }
  function settle() {
    plan = null;
    clamp();
    for (const name of Object.keys(NAMES)) {
      const one = knobs[name], off = one.unused();
      one.set(lists[name].indexOf(set[name]));
      one.element.classList.toggle("unused", off);
      one.element.querySelector("input").disabled = off;
    }
    write();
  }
  function go(to) {
    level = sizes(set).fits ? to : 0;
    draw(false);
  }
  function step(by) {
    number = Math.max(0, Math.min(number + by, productCount(groups) - 1));
    go(2);
  }

  /** Formulas, counts, what doesn't fit: whatever only knobs change. */
  function write() {
    const z = sizes(set), { kind, C_in, C_out, H, m } = set, ours = macs(set);
    const values = { K: z.K, C_in, C_out, H_out: z.out, W_out: z.out, m };
    const put = (line, formula, result) => {
      if (line.said !== formula) line.formula.replaceChildren(...indexed(formula));
      line.said = formula;
      const today = formula.replace(/C_in|C_out|H_out|W_out|K|m/g, (name) => grouped(values[name]));
      say(line.values, ` = ${today} = `);
      say(line.result, result);
    };
    const sum = (terms) => (terms.length > 1 ? `${terms.map(grouped).join(" + ")} = ` : "") + grouped(total(terms));
    say(meaning, MEANS[kind]);
    const fits = z.fits;
    facts.hidden = !fits;
    missing.hidden = fits;
    if (!fits) say(missing, `A ${square(z.K)} kernel doesn't fit: the input is ${square(H)}${z.P ? `, with padding ${z.P} ${square(z.padded)}` : ""}, so there is no output and nothing to count. A smaller K, more padding or a larger H will do.`);
    if (fits) {
      put(lines.MACs, FORMULAS[kind][0], sum(ours));
      put(lines.parameters, FORMULAS[kind][1], grouped(parameters(set)));
      const formula = kind === "pointwise" ? "H" : "⌊(H + 2·padding − K) / stride⌋ + 1";
      say(lines.output.formula, `${formula} = `);
      say(lines.output.values, kind === "pointwise" ? "" : `⌊(${H} + 2·${z.P} − ${z.K}) / ${z.S}⌋ + 1 = `);
      say(lines.output.result, `${z.out} rows and columns, ${many(z.maps, "map")}`);
    }
    const mine = learners(ours);
    const standard = total(macs({ ...set, kind: "standard" })), here = mine.count;
    bars.hidden = share.hidden = !fits || !standard || kind === "standard";
    bar.style.width = `${Math.min(100, (100 * here) / standard)}%`;
    const times = standard / here, ratio = times >= 1 ? `${times.toFixed(1)} times fewer than` : `${(1 / times).toFixed(1)} times as many as`;
    say(share, `${ratio} the ${grouped(standard)} MACs of the standard layer${kind === "depthwise" ? "; but no channel meets another" : ""}`);
    say(yours, mine.words);
    yours.hidden = !mine.words || !fits;
    const maps = z.maps;
    knobs.map.set(place.map, 0, Math.max(maps - 1, 0));
    fall(fits ? here : null);
  }

  /** What the learner's functions count here, or the library, and in words which of the two. */
  function learners(ours) {
    const library = total(ours), { kind } = set;
    const given = options.counts;
    if (!given || !ours.length) return { count: library, words: "" };
    const parts = kind === "separable" && !given.separable ? ["depthwise", "pointwise"] : [kind];
    const each = parts.map((part, i) => {
      const at = part === "pointwise" ? { ...set, kind: part, C_in: kind === "separable" ? sizes(set).between : set.C_in, H: sizes(set).out } : { ...set, kind: part };
      const found = counted(given[part], at);
      return { part, found, library: parts.length > 1 ? ours[i] : library };
    });
    const failed = each.find(({ part }) => given[part]?.error);
    if (failed) return { count: library, words: `${given[failed.part].error} So the library's count shows.` };
    const without = each.find(({ found }) => found === undefined);
    if (without) return { count: library, words: `None of your functions counts a ${without.part} layer: the library's count shows.` };
    if (each.some(({ found }) => found === null)) return { count: library, words: "Your functions weren't asked about these sizes: the library's count shows." };
    const own = total(each.map(({ found, library: right }) => found || right));
    const words = `Counted by your function${each.length > 1 ? "s" : ""}: ${each.map(({ found, library: right }) => grouped(found || right)).join(" + ")}${each.length > 1 ? ` = ${grouped(own)}` : ""} MACs.`;
    return { count: own, words: own === library ? words : `${words} The library counts ${grouped(library)} here.` };
  }

  /** Let the counter run to a number. */
  function fall(to) {
    const from = shownCount;
    shownCount = to;
    if (to === null) return say(big, "no");
    if (from === null || !motion()) return say(big, grouped(to));
    const began = performance.now();
    (function next() {
      if (shownCount !== to || !host.isConnected) return;
      const part = Math.min(1, (performance.now() - began) / TWEEN), eased = 1 - (1 - part) ** 3;
      say(big, grouped(Math.round(from + (to - from) * eased)));
      if (part < 1) requestAnimationFrame(next);
    })();
  }

  /** Draw all; with `moving`, blocks go to their new places step by step. */
  function draw(moving) {
    if (!width) return;
    const z = sizes(set);
    groups = z.fits ? reads(set, place) : null;
    if (!groups) level = 0;
    if (groups) number = Math.min(number, productCount(groups) - 1);
    if (!plan) {
      plan = arranged(set, place, width);
      put(scene, "viewBox", `0 0 ${width} ${plan.height}`);
      put(scene, "width", width);
      put(scene, "height", plan.height);
      texts.forEach((text, i) => {
        const { x = 0, y = 0, words = "", sign, strong, name } = plan.texts[i] ?? {};
        put(text, "x", x.toFixed(1));
        put(text, "y", y.toFixed(1));
        put(text, "class", sign ? "sign" : strong ? "strong" : name ? "name" : null);
        say(text, words);
      });
      const target = Object.fromEntries(plan.blocks.map((block) => [block.key, block]));
      running++;
      if (moving && motion()) tween(blocks, target, running);
      else blocks = target;
    }
    knobs.map.set(place.map);
    if (blocks.input?.moving === undefined) light();
    tellInWords();
  }
  function tween(from, to, turn) {
    const began = performance.now(), parts = ["left", "top", "width", "height", "thick", "gap", "opacity"];
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    for (const path of Object.values(over)) put(path, "d", "");
    (function next() {
      if (turn !== running || !host.isConnected) return;
      const part = Math.min(1, (performance.now() - began) / TWEEN), eased = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) ** 2;
      blocks = part === 1 ? to : Object.fromEntries(names.map((name) => {
        const end = to[name] ?? { ...from[name], opacity: 0 };
        const start = from[name] ?? { ...end, opacity: 0 };
        const now = { ...end, moving: true };
        for (const one of parts) now[one] = start[one] + (end[one] - start[one]) * eased;
        return [name, now];
      }));
      if (part === 1) return light();
      for (const name of sheets.names) sheets.draw(name, blocks[name]);
      requestAnimationFrame(next);
    })();
  }

  /** Light up what the chosen output value reads, and itself. */
  function light() {
    const z = sizes(set), { K, S, P, fits } = z, { kind, m } = set, { map, row, column } = place;
    const at = groups && level === 2 ? productOf(groups, number) : null;
    const window = fits ? [row * S - P, column * S - P, K] : null;
    const channel = Math.floor(map / m), own = [row, column, 1];
    const lit = {
      input: (block, sheet) => (kind === "depthwise" && sheet !== channel ? null : window),
      middle: () => own,
      output: (block, sheet) => (sheet === map ? own : null),
    };
    const filter = (block, sheet) => {
      if (!fits || kind === "separable") return block.key[0] === "p" && block.which === map ? [0, 0, 1] : null;
      if (kind === "depthwise") return sheet === channel && block.which === map % m ? [0, 0, K] : null;
      return block.which === map ? [0, 0, K] : null;
    };
    for (const name of sheets.names) sheets.draw(name, blocks[name], lit[name] ?? filter);
    const corner = (block, [i, j], sheet = 0) => {
      const back = depths(block)[sheet], cell = block.width / block.side;
      return [block.left + j * cell + 0.8 * back, block.top + i * cell - 0.6 * back, cell];
    };
    const through = (name, block, where) => {
      const on = block && where && !block.gap && block.sheets.length > 0;
      const [x, y, cell] = on ? corner(block, where) : [0, 0, 0], side = on ? where[2] * cell : 0;
      put(over[`${name}Top`], "d", on ? topOf(x, y, side, deep(block)) : "");
      put(over[`${name}Side`], "d", on ? sideOf(x, y, side, side, deep(block)) : "");
    };
    through("input", blocks.input, window);
    through("middle", null, null);
    // Where the single product comes from.
    const spot = (block, sheet, i, j) => {
      const index = block?.sheets.indexOf(sheet) ?? -1;
      if (index < 0) return "";
      const [x, y, cell] = corner(block, [i, j], index);
      return box(x, y, cell);
    };
    let nowX = "", nowW = "";
    if (at?.stage === 1) {
      const [a, b] = [Math.floor(at.tap / K), at.tap % K], group = groups[at.at];
      nowX = spot(blocks.input, group.channel, window[0] + a, window[1] + b);
      const which = group.which ?? map;
      const kernel = Object.values(blocks).find((block) => block.key[0] === "f" && block.which === which);
      nowW = spot(kernel, group.channel, a, b);
    } else if (at) {
      nowX = spot(blocks.middle, at.at, row, column);
      nowW = spot(Object.values(blocks).find((block) => block.key[0] === "p" && block.which === map), at.at, 0, 0);
    }
    put(over.nowX, "d", nowX);
    put(over.nowW, "d", nowW);
  }

  function tellInWords() {
    const z = sizes(set), { kind, C_in, C_out } = set, { map, row, column } = place;
    way.hidden = !groups;
    detail.hidden = level === 0;
    product.hidden = level < 2;
    say(down[0], "Layer");
    say(down[1], groups ? `Value ${row}, ${column} of map ${map}` : "");
    say(down[2], groups ? (level < 2 ? "One product" : `Product ${number + 1} of ${productCount(groups)}`) : "");
    down.forEach((button, i) => put(button, "aria-current", i === level ? "step" : null));
    if (!groups) return say(said, "");
    const taps = groups[0].x.length, value = valueOf(groups);
    const zeros = total(groups.map(({ inside }) => inside.filter((one) => !one).length));
    const padded = zeros ? `, ${grouped(zeros)} of them with a padding zero` : "";
    const how = {
      standard: `${z.K}·${z.K}·${C_in} = ${many(taps * C_in, "product")}${padded}, through all channels`,
      depthwise: `${z.K}·${z.K} = ${many(taps, "product")}${padded}, of channel ${groups[0].channel} alone`,
      pointwise: `1·1·${C_in} = ${many(C_in, "product")}, a pencil through all channels`,
      separable: `${groups.length}·${z.K}·${z.K} = ${many(taps * groups.length, "product")}${padded} in ${many(groups.length, "channel")} by themselves, then ${many(groups.length, "product")} across them`,
    }[kind];
    const shared = kind === "separable" && C_out > 1 ? ` The first ${grouped(taps * groups.length)} are made once for all ${grouped(C_out)} maps.` : "";
    say(said, `Output value at map ${map}, row ${row}, column ${column} is ${minus(value)}: ${how}.${shared}`);
    if (!level) return;
    const mixed = kind === "separable";
    const seen = numbers.show(groups, level === 2 ? number : null, width, (group) =>
      group.which !== undefined && set.m > 1 ? `channel ${group.channel}, kernel ${group.which}` : `channel ${group.channel}`);
    const ends = groups.map(({ sum: one, weight = 1 }) => one * weight);
    const terms = ends.length <= 8 ? ends.map((one, i) => (i ? paren(one) : minus(one))).join(" + ") : `${groups.length} sums`;
    const left = groups.length - seen.count;
    const others = left ? ` Channels ${seen.first} to ${seen.first + seen.count - 1} are shown; the other ${left} add ${minus(total(ends) - total(ends.slice(seen.first, seen.first + seen.count)))}.` : "";
    say(sum, (groups.length > 1 ? `${terms} = ${minus(value)}, the output value.` : `The sum is the output value.`) + others + (level === 1 ? " Choose a number for its product." : ""));
    if (level < 2) return;
    const at = productOf(groups, number), group = groups[at.at], { x, w } = at;
    const result = x * w, [a, b] = [Math.floor((at.tap ?? 0) / z.K), (at.tap ?? 0) % z.K];
    const [i, j] = [row * z.S - z.P + a, column * z.S - z.P + b];
    const from = at.stage === 2 ? `map ${at.at} between the stages` : group.inside[at.tap] ? `x[${group.channel}, ${i}, ${j}]` : "padding";
    const weights = { standard: `weight[${map}, ${group.channel}, ${a}, ${b}]`, depthwise: `weight[${map}, 0, ${a}, ${b}]`, pointwise: `weight[${map}, ${group.channel}, 0, 0]` }[kind]
      ?? (at.stage === 2 ? `pointwise_weight[${map}, ${at.at}, 0, 0]` : `depthwise_weight[${at.at}, 0, ${a}, ${b}]`);
    say(equation, `${minus(x)} × ${paren(w)} = ${minus(result)}`);
    say(around, `${from} times ${weights}. Running sum${mixed ? (at.stage === 1 ? " of this channel" : " across channels") : ""}: ${minus(at.before)} + ${paren(result)} = ${minus(at.before + result)}.`);
    before.disabled = number === 0;
    after.disabled = number === productCount(groups) - 1;
  }

  // Mouse, finger, keys
  const hit = (event, held) => {
    const block = blocks.output;
    if (!block) return null;
    const { x, y } = within(scene, event), back = depths(block), cell = block.width / block.side;
    const at = (i) => {
      const column = Math.floor((x - block.left - 0.8 * back[i]) / cell), row = Math.floor((y - block.top + 0.6 * back[i]) / cell);
      return held || (row >= 0 && column >= 0 && row < block.side && column < block.side) ? { map: block.sheets[i], row, column } : null;
    };
    const chosen = block.sheets.indexOf(place.map);
    if (chosen >= 0 && at(chosen)) return at(chosen);
    for (let i = 0; i < block.sheets.length; i++) if (at(i)) return at(i);
    return null;
  };
  let dragging = false;
  point(scene, (event) => {
    if (event.type === "pointerdown") dragging = Boolean(hit(event));
    if (!event.buttons) dragging = false;
    const to = hit(event, dragging);
    if (!to || (!dragging && level > 0)) return;
    if (event.type === "pointerdown") level = Math.max(level, 1);
    move(to);
  });
  const arrows = (by) => () => move({ row: place.row + by[0], column: place.column + by[1] });
  const up = () => go(Math.max(0, level - 1));
  keys(scene, {
    ArrowLeft: arrows([0, -1]), ArrowRight: arrows([0, 1]), ArrowUp: arrows([-1, 0]), ArrowDown: arrows([1, 0]),
    PageUp: () => move({ map: place.map + 1 }), PageDown: () => move({ map: place.map - 1 }),
    Enter: () => go(Math.min(2, level + 1)), Escape: up,
  });
  keys(numbers.svg, {
    ArrowLeft: () => step(-1), ArrowRight: () => step(level < 2 ? 0 : 1), ArrowUp: () => step(-sizes(set).K), ArrowDown: () => step(sizes(set).K),
    Home: () => step(-Infinity), End: () => step(Infinity), Enter: () => go(2), Escape: () => { up(); if (!level) scene.focus(); },
  });
  keys(way, { Escape: up });
  keys(product, { Escape: up });
  settle();
  fitted(live, (now) => {
    width = now - 24;
    plan = null;
    draw(false);
  });
}
