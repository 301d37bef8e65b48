// The layer machine: a layer as blocks that come apart into sheets and pencils, down to one product.
import { stage, make, minus, grouped, herald, knob, choice, keys, point, within, motion, fitted, tell } from "./common.mjs";

/** A fixed pseudo-random integer from small ones: layer_numbers in Python has the same. */
export function hash(role, ...indices) {
  let h = Math.imul(role + 1, 0x9e3779b1);
  for (let i = 0; i < 4; i++) h = Math.imul(h ^ (h >>> 15) ^ ((indices[i] ?? 0) + 1), i < 3 ? 0x9e3779b1 : 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}
const weightOf = (...at) => (hash(...at) % 5) - 2;
export const total = (terms) => terms.reduce((sum, term) => sum + term, 0);

/** What follows from the knobs: a set is {kind, C_in, C_out, H, K, S, P, m}. */
export function sizes({ kind, C_in, C_out, H, K, S, P, m }) {
  if (kind === "pointwise") [K, S, P] = [1, 1, 0];
  const apart = kind === "depthwise" || kind === "separable", padded = H + 2 * P, fits = K <= padded;
  const between = apart ? C_in * m : C_in; // maps that a pointwise stage reads
  return {
    K, S, P, padded, apart, fits, between,
    out: fits ? Math.floor((padded - K) / S) + 1 : 0,
    maps: kind === "depthwise" ? between : C_out,
  };
}

/** Parameters of each stage: its MACs for one output position, too. */
export function parameters(set) {
  const { K, between } = sizes(set), mixing = between * set.C_out;
  return { standard: [K * K * mixing], depthwise: [K * K * between], pointwise: [mixing], separable: [K * K * between, mixing] }[set.kind];
}
export const macs = (set) => parameters(set).map((each) => each * sizes(set).out ** 2);

/** How a count compares with another, in words. */
export function ratio(count, other) {
  const times = Math.max(other / count, count / other), short = times.toFixed(1);
  if (short === "1.0") return `${times === 1 ? "" : "about "}as many as`;
  return `${Number.isInteger(times) ? grouped(times) : short} times ${count > other ? "as many as" : "fewer than"}`;
}

/** What an output value reads: for each channel the numbers x, their weights w, and the sum. */
export function reads(set, { map, row, column }) {
  const { kind, C_in, H, m } = set, { K, S, P, between, apart } = sizes(set);
  const group = (k) => {
    const channel = apart ? Math.floor(k / m) : k, x = [], w = [], inside = [];
    let sum = 0;
    for (let a = 0; a < K; a++)
      for (let b = 0; b < K; b++) {
        const i = row * S + a - P, j = column * S + b - P, within = i >= 0 && j >= 0 && i < H && j < H;
        const number = within ? hash(0, channel, i, j) % 4 : 0;
        const weight = apart ? weightOf(2, channel, k % m, a, b) : kind === "standard" ? weightOf(1, map, k, a, b) : weightOf(3, map, k);
        inside.push(within), x.push(number), w.push(weight);
        sum += number * weight;
      }
    return { channel, which: apart ? k % m : undefined, x, w, inside, sum, weight: kind === "separable" ? weightOf(3, map, k) : undefined };
  };
  if (kind === "depthwise") return [group(map)];
  return Array.from({ length: between }, (_, k) => group(k));
}

const part = ({ sum, weight = 1 }) => sum * weight;
export const valueOf = (groups) => total(groups.map(part));
export const productCount = (groups) => groups.length * (groups[0].x.length + (groups[0].weight !== undefined));

/** A product, by its number: what meets, and the running sum before it. */
export function productOf(groups, number) {
  const taps = groups[0].x.length, at = number - groups.length * taps;
  if (at >= 0) return { stage: 2, at, x: groups[at].sum, w: groups[at].weight, before: valueOf(groups.slice(0, at)) };
  const one = Math.floor(number / taps), tap = number % taps, { x, w, weight } = groups[one];
  // The maps between two stages have each a sum of their own.
  const before = weight === undefined ? valueOf(groups.slice(0, one)) : 0;
  return { stage: 1, at: one, tap, x: x[tap], w: w[tap], before: before + total(x.slice(0, tap).map((value, i) => value * w[i])) };
}

/** What a learner's function counts: nothing or 0 if it is the library's count, null if not known. */
export function counted({ axes, values = [] }, set) {
  const given = { ...set, out: sizes(set).out };
  return values[axes.reduce((at, [name, choices]) => at * choices.length + choices.indexOf(given[name]), 0)];
}

/** Which of many sheets are drawn: the first, the last, the chosen one, and some more. */
export function drawn(count, chosen, most) {
  const some = new Set([0, count - 1, Math.min(chosen, count - 1)]);
  for (let i = 1; some.size < Math.min(most, count); i++) some.add(i);
  return [...some].sort((a, b) => a - b);
}

// ---- blocks on paper

const SHEETS = 6, LEAST = 0.5, GAP = 22, LINE = 17, TWEEN = 650, EDGE = 6, NARROW = 640; // sheets of a block; pixels; milliseconds
const many = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
const paren = (value) => (value < 0 ? `(${minus(value)})` : minus(value));
const chunks = (all, most) => (all.length ? [all.slice(0, most), ...chunks(all.slice(most), most)] : []);

/** How far back each drawn sheet begins; where some are left out, there is a break. */
function depths({ sheets, thick, gap }) {
  let back = 0;
  return sheets.map((sheet, i) => (back += i && thick + gap + (sheet - sheets[i - 1] > 1 ? 12 : 0)));
}
const deep = (block) => depths(block).at(-1) + block.thick;
const height = (block, slope = 0.6) => (block.side + 2 * block.pad) * block.cell + slope * deep(block);
const breadth = (block) => height(block, 0.8);
const before = (block, i) => (i ? (block.broken ? 24 : 9) : 0); // room; dots are in it
const length = (line) => total(line.map((block, i) => before(block, i) + breadth(block)));
const tall = ({ lines }) => total(lines.map(([block], i) => before(block, i) + height(block)));
const wide = ({ lines, words }) => Math.max(40, ...lines.map(length), ...words.map(([line, bold]) => (bold ? 8.2 : 7.4) * line.length));

/** The columns of the picture, from left to right, with cells of so many pixels. */
function columns(set, place, cell) {
  const { kind, C_in, C_out, H, m } = set, { K, P, out, maps, between, apart, fits } = sizes(set);
  const thick = Math.max(3, 0.6 * cell), gap = apart ? Math.max(Math.min(9, 3 * cell), 1.4 * cell) : 0, depthwise = kind === "depthwise";
  const channel = depthwise ? Math.floor(place.map / m) : 0, tint = apart && m > 1 && m;
  const of = (key, side, count, chosen, more) => ({ key, side, cell, thick, gap, pad: 0, opacity: 1, chosen, sheets: drawn(count, chosen, SHEETS), ...more });
  const stack = (key, side, back, count, chosen, more) => drawn(count, chosen, 4).map((which, i, all) => of(
    key + i, side, back, channel, { which, broken: i > 0 && which - all[i - 1] > 1, opacity: which === chosen || (apart && !depthwise && key === "f") ? 1 : 0.5, ...more }));
  const shape = (side, count) => [`${side}×${side}×${grouped(count)}`, count > SHEETS && `… ${SHEETS} are drawn`];
  const costs = macs(set).map((cost) => cost && many(cost, "MAC"));
  const named = (count, noun, size, cost) => [many(count, noun), size + (count > 1 ? " each" : ""), cost];
  const input = { blocks: [of("input", H, C_in, channel, { pad: P, tint: tint && 1 })], words: ["input", ...shape(H, C_in), P && `padding ${P}`] };
  const made = (name, ...block) => ({ sign: "→", words: [name, ...shape(block[1], block[2])], blocks: [of(...block)] });
  const output = () => made("output", "output", out, maps, place.map, depthwise ? { tint } : { gap: 0, thick: Math.min(thick, 6) });
  const pencils = (key) => ({
    sign: "∗", blocks: stack(key, 1, between, C_out, place.map, { gap: 0, cell: Math.max(cell, 10), thick: Math.max(thick, 7) }),
    words: named(C_out, "filter", `1×1×${grouped(between)}`, costs.at(-1)),
  });
  if (kind === "pointwise") return [input, pencils("f"), output()];
  const kernels = { sign: "∗", blocks: stack("f", K, C_in, apart ? m : C_out, depthwise ? place.map % m : apart ? 0 : place.map, { tint: tint && 1 }), words: apart
    ? named(between, "kernel", `${K}×${K}`, costs[0])
    : named(C_out, "filter", `${K}×${K}×${grouped(C_in)}`, costs[0]) };
  if (!fits) return [input, kernels];
  if (kind !== "separable") return [input, kernels, output()];
  return [input, kernels, made(m > 1 ? `${m} maps for each` : "one map each", "middle", out, between, 0, { gap: gap / 2, tint }), pencils("p"), output()];
}

/** Words in lines of at most so many characters. */
const wrapped = (words, most) => words.match(new RegExp(`(\\S.{0,${most - 1}}|\\S+)(?= |$)`, "g"));

/** Put the blocks where they are drawn, as large as there is room: {blocks, texts, height}. */
export function arranged(set, place, width) {
  const narrow = width < NARROW, room = width - 2 * EDGE, most = narrow ? 240 : 176;
  const tallest = (row) => Math.max(...row.map(tall)), across = (row) => total(row.map(wide)) + GAP * (row.length - 1);
  // Captions are wrapped, and filters are put below one another, for larger cells.
  const tried = (all, beside, letters) => chunks(all.map(({ sign, blocks, words }) => ({
    sign, lines: chunks(blocks, beside),
    words: words.filter(Boolean).flatMap((line, i) => wrapped(line, letters).map((part) => [part, i ? /MACs?$/.test(line) && "strong" : "name"])),
  })), narrow ? (width < 300 ? 2 : 3) : 9);
  const fits = (row) => across(row) <= room && tallest(row) <= most;
  let rows = tried(columns(set, place, LEAST), 1, 9);
  for (let low = LEAST, high = 31; high - low > 0.25;) {
    const cell = (low + high) / 2, all = columns(set, place, cell);
    let good;
    for (const letters of cell < 6 ? [99, 9] : [99])
      for (const beside of [4, 2, 1]) good ??= [tried(all, beside, letters)].find((one) => one.every(fits));
    if (good) rows = good, low = cell;
    else high = cell;
  }
  const blocks = [], texts = [];
  let top = EDGE;
  for (const row of rows) {
    // Another kind of layer stands at the same height, where there is one row.
    const rowTall = narrow ? tallest(row) : most, middle = top + rowTall / 2;
    const more = Math.min((room - across(row)) / row.length, 68); // between columns
    let left = (width - across(row) - more * (row.length - 1)) / 2;
    for (const column of row) {
      const { sign, words, lines } = column, x = left + wide(column) / 2;
      const text = (x, y, words, look = "sign") => texts.push({ x: short(x), y: short(y), words, class: look });
      if (sign) text(Math.max(8, left - (GAP + more) / 2), middle + 6, sign);
      let y = middle - tall(column) / 2;
      lines.forEach((line, i) => {
        let at = x - length(line) / 2;
        y += before(line[0], i);
        if (i && line[0].broken) text(x, y - 7, "⋮");
        line.forEach((block, j) => {
          const ring = block.pad * block.cell, size = block.side * block.cell, back = depths(block);
          at += before(block, j);
          if (j && block.broken) text(at - 12, y + height(block) / 2, "…");
          const put = { ...block, size, left: at + ring, top: y + 0.6 * deep(block) + ring };
          blocks.push(put);
          if (block.tint && block.key[0] !== "f") block.sheets.forEach((sheet, k) => text(put.left + 0.8 * back[k] - 5, put.top - 0.6 * back[k] - 3, `${sheet}`, "index"));
          at += breadth(block);
        });
        y += height(line[0]);
      });
      words.forEach(([line, look], i) => text(x, top + rowTall + 20 + LINE * i, line, look));
      left += wide(column) + GAP + more;
    }
    top += rowTall + 14 + LINE * Math.max(...row.map(({ words }) => words.length));
  }
  return { blocks: Object.fromEntries(blocks.map((block) => [block.key, block])), texts, height: top };
}

const short = (value) => +value.toFixed(1);
const box = (x, y, size) => `M${short(x)} ${short(y)}h${short(size)}v${short(size)}h${short(-size)}z`;
const slanted = (x, y, dx, dy, back) => `M${short(x)} ${short(y)}l${short(0.8 * back)} ${short(-0.6 * back)}l${dx} ${dy}l${short(-0.8 * back)} ${short(0.6 * back)}z`;
const topOf = (x, y, size, back) => slanted(x, y, short(size), 0, back);
const sideOf = (x, y, size, back) => slanted(x + size, y, 0, short(size), back);
/** Where a cell of a drawn sheet is: x, y, and its size. */
const cellOf = (block, i, row, column) => {
  const back = depths(block)[i], cell = block.size / block.side;
  return [block.left + column * cell + 0.8 * back, block.top + row * cell - 0.6 * back, cell];
};

// Change an attribute, or words, that isn't so already.
function put(element, name, value) {
  if (element.held?.[name] === value) return;
  (element.held ??= {})[name] = value;
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}
const puts = (element, all) => Object.entries(all).forEach(([name, value]) => put(element, name, value));
const say = (element, words) => { if (element.textContent !== words) element.textContent = words; };

/** Blocks in an SVG that are only ever changed: {holder, draw}. */
function paper() {
  const blocks = {}, holder = make("svg:g");
  for (const name of ["input", "f0", "f1", "f2", "f3", "middle", "p0", "p1", "p2", "p3", "output"]) {
    const sheets = Array.from({ length: SHEETS }, () => {
      const paths = ["side", "above", "front", "lines", "lit", "ring"].map((look) => [look, make("svg:path", { class: look })]);
      return { ...Object.fromEntries(paths), all: make("svg:g", {}, ...paths.map(([, path]) => path)) };
    });
    const group = make("svg:g", { class: name.replace(/\d/, "") }, ...sheets.map(({ all }) => all).reverse());
    blocks[name] = { group, sheets };
    holder.append(group);
  }
  const shape = (sheet, block, i) => {
    const { size, side, thick, pad, gap } = block, [x, y, cell] = cellOf(block, i, 0, 0), ring = pad * cell;
    const tint = block.tint && Math.floor(block.sheets[i] / block.tint) % 3;
    put(sheet.all, "class", `${i < block.sheets.indexOf(block.chosen) ? "ghost" : ""} ${tint ? `tint${tint}` : ""}`);
    put(sheet.front, "d", box(x, y, size));
    put(sheet.above, "d", topOf(x, y, size, thick));
    put(sheet.side, "d", sideOf(x, y, size, thick));
    const slant = `l${short(0.8 * thick)} ${short(-0.6 * thick)}`;
    let lines = "";
    for (let at = 1; at < side && cell >= 4; at++)
      lines += `M${short(x)} ${short(y + at * cell)}h${short(size)}${slant}M${short(x + at * cell)} ${short(y + size)}v${short(-size)}${slant}`;
    put(sheet.lines, "d", lines);
    put(sheet.ring, "d", ring && (gap || !i) ? box(x - ring, y - ring, size + 2 * ring) : "");
  };
  /** Draw all blocks; `lit(block, sheet)` gives what is lit on a sheet: [row, column, side]. */
  const draw = (now, lit) => {
    for (const [name, { group, sheets }] of Object.entries(blocks)) {
      const block = now[name];
      put(group, "visibility", !block && "hidden");
      if (!block) continue;
      if (group.drawn !== block) put(group, "opacity", `${short(block.opacity)}`);
      sheets.forEach((sheet, i) => {
        const gone = i >= block.sheets.length;
        put(sheet.all, "visibility", gone && "hidden");
        if (gone) return;
        if (group.drawn !== block) shape(sheet, block, i);
        const where = lit(block, block.sheets[i]), [x, y, cell] = where ? cellOf(block, i, where[0], where[1]) : [];
        put(sheet.lit, "d", where ? box(x, y, where[2] * cell) : "");
      });
      group.drawn = block;
    }
  };
  return { holder, draw };
}

/** What an output value reads, in numbers: for each channel two squares and their sum. */
function table(element, chosen) {
  element.onclick = ({ target: { number } }) => number !== undefined && chosen(number);
  return (groups, number, at, width) => {
    const taps = groups[0].x.length, K = Math.sqrt(taps);
    const several = groups.some(({ which }) => which), beside = Math.floor((width + 8) / (44 * K + 64));
    const most = Math.min(8, Math.max(K > 5 ? 1 : 3, beside * Math.max(1, Math.floor((width < NARROW ? 420 : 170) / (22 * K + 26))))), first = at ? at.at - (at.at % most) : 0;
    [...element.children].forEach((item, i) => {
      const group = groups[first + i], from = (first + i) * taps, [title, squareX, { children: [squareW] }, sum] = item.children;
      item.hidden = !group || i >= most;
      if (item.hidden) return;
      item.style.setProperty("--cells", K);
      say(title, `channel ${group.channel}${several ? `, kernel ${group.which}` : ""}`);
      const mixed = group.weight !== undefined;
      say(sum, `= ${minus(group.sum)}${mixed ? `\n· ${paren(group.weight)}\n= ${minus(part(group))}` : ""}`);
      sum.number = mixed ? groups.length * taps + first + i : undefined;
      sum.className = at && number === sum.number ? "now" : "";
      for (const [grid, values] of [[squareX, group.x], [squareW, group.w]]) {
        while (grid.children.length < taps) grid.append(make("span"));
        [...grid.children].forEach((cell, tap) => {
          cell.hidden = tap >= taps;
          if (cell.hidden) return;
          say(cell, minus(values[tap]));
          cell.number = from + tap;
          const now = at && (cell.number === number ? "now" : (cell.number < number || at.stage > 1) && "done");
          put(cell, "class", `${now || ""} ${grid === squareW || group.inside[tap] ? "" : "pad"}`);
        });
      }
    });
    return groups.slice(first, first + most);
  };
}

// ---- the figure

/** A sum, and what it is. */
const added = (terms) => (terms.length > 1 ? `${terms.map(grouped).join(" + ")} = ` : "") + grouped(total(terms));
/** Numbers in words, for names in braces. */
const filled = (words, values) => words.replace(/{(\w+)}/g, (_, name) => values[name]);
/** Words with indices set low: "C_in". */
const indexed = (words) => words.split(/(_[a-z]+)/).map((bit) => (bit[0] === "_" ? make("sub", {}, bit.slice(1)) : bit));

/** `options`: the set, the place {map, row, column}, the level; words and lists of values. */
export function mount(host, options) {
  const set = { ...options.set }, place = { ...options.place }, { lists, words, counts, means, names } = options;
  let { level } = options, number = 0, width = 0, narrow, plan = null, groups, blocks = {}, turn = 0, counter = null, timer = 0;
  const live = stage(host, "Layer machine", options.style);

  live.innerHTML = options.markup.replace(/\[(.*)]/, (_, item) => item.repeat(8));
  const { head, meaning, shelf, scene, path, big, bar, compared, missing, yours, said, numbers, sum, previous, play, next, equation, around, folded } = Object.fromEntries(
    [...live.querySelectorAll("[class]")].map((one) => [one.getAttribute("class").split(" ").at(-1), one]));
  const kinds = choice("Layer", Object.keys(means).map((kind) => [kind, kind]), set.kind, (kind) => change({ kind }));
  kinds.element.className = "kinds";
  const unused = (name) => options.unused[set.kind].includes(name);
  const heard = herald();
  head.prepend(kinds.element);
  live.append(heard.element);
  const knobs = Object.fromEntries(Object.entries(names).map(([name, title]) => [name, knob(make("span", {}, ...indexed(title)), {
    min: 0, max: lists[name].length - 1, value: 0, key: name, text: (at) => (unused(name) ? "–" : grouped(lists[name][at])),
  }, (at) => change({ [name]: lists[name][at] }))]));
  const maps = knob(make("span", {}, "map"), { min: 0, max: 1, value: 0, key: "map" }, (map) => move({ map }));
  shelf.append(...[...Object.values(knobs), maps].map(({ element }) => element));
  const sheets = paper(), texts = Array.from({ length: 64 }, () => make("svg:text"));
  const over = Object.fromEntries(["bar", "through", "now"].map((look) => [look, make("svg:path", { class: `lit ${look}` })]));
  scene.append(sheets.holder, ...Object.values(over), ...texts);
  const way = [...path.children];
  way.forEach((button, to) => { button.onclick = () => go(to); });
  previous.onclick = () => step(-1);
  play.onclick = () => playing(!timer);
  next.onclick = () => step(1);
  const show = table(numbers, (chosen) => { number = chosen; go(2); });

  function change(some) {
    const comesApart = some.kind !== undefined;
    playing(false);
    Object.assign(set, some);
    number = 0;
    settle(comesApart);
    tell(host, options.channel, { ...set, ...place });
  }
  function move(to) {
    const { map } = place;
    playing(false);
    Object.assign(place, to);
    clamp();
    if (place.map !== map) plan = null;
    draw();
  }
  function clamp() {
    const { out, maps } = sizes(set);
    for (const [name, most] of [["map", maps], ["row", out], ["column", out]]) place[name] = Math.max(0, Math.min(place[name], most - 1));
  }
  function go(to) {
    playing(false);
    level = to;
    draw();
    if (level === 2) heard.say(`${equation.textContent}. ${around.textContent}`);
  }
  /** Go through the products, two a second; from the last, once more from the first. */
  function playing(on) {
    const last = () => number >= productCount(groups) - 1;
    clearInterval(timer);
    timer = on && setInterval(() => {
      number++;
      if (last() || !live.isConnected) playing(false);
      draw();
    }, 500);
    say(play, on ? "pause" : "play");
    if (on && last()) number = 0, draw();
  }
  function step(by) {
    number = Math.max(0, Math.min(number + by, productCount(groups) - 1));
    go(2);
  }

  /** What only knobs change: formulas, counts, what doesn't fit. */
  function settle(comesApart) {
    const z = sizes(set), { kind, H, C_in, C_out, m } = set, { fits, out, K } = z, ours = macs(set);
    plan = null;
    clamp();
    for (const [name, { element, set: move }] of Object.entries(knobs)) {
      move(lists[name].indexOf(set[name]));
      element.classList.toggle("quiet", unused(name));
      element.children[1].disabled = unused(name) || lists[name].length < 2;
    }
    maps.set(place.map, 0, z.maps - 1);
    say(meaning, means[kind]);
    say(missing, fits ? "" : filled(words.missing, { K, H, padded: z.P ? filled(words.padded, z) : "" }));
    const now = { K, C_in, C_out, m, H_out: out, W_out: out };
    const today = (formula) => formula.replace(/C_in|C_out|H_out|W_out|K|m/g, (name) => grouped(now[name]));
    const side = kind === "pointwise" ? "" : `⌊(${H} + 2·${z.P} − ${K})/${set.S}⌋ + 1`;
    const values = [added(ours), added(parameters(set)), `${out} → ${out}×${out}×${grouped(z.maps)}`];
    live.querySelectorAll("dd").forEach(({ children: [formula, result] }, i) => {
      const named = options.formulas[kind][i], numbers = i < 2 ? today(named) : side;
      // A line may end at a multiplication sign, but in no name.
      formula.replaceChildren(...indexed(`${named}${numbers && ` = ${numbers}`}`.replaceAll("·", "·\u200b")));
      say(result, `= ${values[i]}`);
    });
    const [count, whose] = learners(total(ours), ours), standard = z.apart && total(macs({ ...set, kind: "standard", C_out: z.maps }));
    say(yours, fits ? whose : "");
    say(compared, standard && count ? `${ratio(count, standard)} a standard layer's ${grouped(standard)}${kind === "depthwise" ? ` for ${many(z.maps, "map")}` : ""}` : "");
    bar.style.setProperty("--part", `${Math.min(100, (100 * count) / (standard || count))}%`);
    say(big.nextSibling, count === 1 ? " MAC" : " MACs");
    run(fits ? count : 0);
    draw(comesApart);
    heard.say(fits ? `${many(count, "MAC")}${compared.textContent && `, ${compared.textContent}`}.` : "");
  }

  /** The count that shows, and in words whose it is. */
  function learners(right, ours) {
    if (!counts) return [right, ""];
    const parts = set.kind === "separable" && !counts.separable ? ["depthwise", "pointwise"] : [set.kind], { between, out } = sizes(set);
    let why = "";
    const own = parts.map((kind, i) => {
      const given = counts[kind], at = kind === "pointwise" ? { ...set, kind, C_in: between, H: out } : { ...set, kind };
      const found = given && !given.error ? counted(given, at) : null;
      if (found === null) why ||= given ? given.error ?? words.unasked : filled(words.unknown, { kind });
      return found || (parts.length > 1 ? ours[i] : right);
    });
    if (why) return [right, filled(words.instead, { why })];
    const all = total(own);
    return [all, `Counted by your functions: ${added(own)}.${all === right ? "" : ` The library counts ${grouped(right)}.`}`];
  }

  /** Call with 0 to 1 in many steps, or at once where nothing may move. */
  function gradually(valid, drawn) {
    const began = performance.now();
    (function next() {
      const part = motion() ? Math.min(1, (performance.now() - began) / TWEEN) : 1;
      if (!valid()) return;
      drawn(part === 1 ? 1 : 1 - (1 - part) ** 3);
      if (part < 1) requestAnimationFrame(next);
    })();
  }
  function run(to) {
    const from = counter ?? to;
    counter = to;
    gradually(() => counter === to, (part) => say(big, grouped(Math.round(from + (to - from) * part))));
  }

  function draw(comesApart) {
    if (!width) return;
    const { fits } = sizes(set);
    groups = fits && reads(set, place);
    if (fits) number = Math.min(number, productCount(groups) - 1);
    maps.set(place.map);
    write();
    if (plan) return light();
    plan = arranged(set, place, width);
    puts(scene, { viewBox: `0 0 ${width} ${plan.height}`, width, height: plan.height });
    texts.forEach((text, i) => {
      const { words = "", ...where } = plan.texts[i] ?? {};
      puts(text, where);
      say(text, words);
    });
    const from = blocks, to = plan.blocks, mine = ++turn;
    if (!comesApart || !from.input) return light(blocks = to);
    for (const one of Object.values(over)) put(one, "d", "");
    gradually(() => mine === turn, (part) => {
      if (part === 1) return light(blocks = to);
      blocks = {};
      for (const name of Object.keys({ ...from, ...to })) {
        const end = to[name] ?? { ...from[name], opacity: 0 }, start = from[name] ?? { ...end, opacity: 0 };
        blocks[name] = { ...end };
        for (const one of ["left", "top", "size", "thick", "gap", "opacity"]) blocks[name][one] = start[one] + (end[one] - start[one]) * part;
      }
      sheets.draw(blocks, () => null);
    });
  }

  /** Light up the output value, what it reads, and the single product. */
  function light() {
    const { K, S, P, fits } = sizes(set), { kind, m } = set, { map, row, column } = place, depthwise = kind === "depthwise";
    const at = fits && level === 2 && productOf(groups, number), window = fits && [row * S - P, column * S - P, K], own = [row, column, 1];
    sheets.draw(blocks, ({ key, which }, sheet) => {
      if (!fits) return null;
      if (key === "output" || key === "middle") return sheet === (key === "output" ? map : 0) && own;
      if (depthwise && sheet !== Math.floor(map / m)) return null;
      if (key === "input") return window;
      return which === (depthwise ? map % m : map) && (kind !== "separable" || key[0] === "p") && [0, 0, key[0] === "p" ? 1 : K];
    });
    const through = (look, block, where) => {
      if (!block || !where) return put(over[look], "d", "");
      const [x, y, cell] = cellOf(block, 0, where[0], where[1]), size = where[2] * cell;
      put(over[look], "d", topOf(x, y, size, deep(block)) + sideOf(x, y, size, deep(block)));
    };
    through("bar", !blocks.input.gap && blocks.input, window);
    through("through", blocks.middle, own);
    const framed = (block, sheet, i, j) => {
      const index = block?.sheets.indexOf(sheet) ?? -1;
      return index < 0 ? "" : box(...cellOf(block, index, i, j));
    };
    const kernel = (letter, of) => Object.values(blocks).find(({ key, which }) => key[0] === letter && which === of);
    let now = "";
    if (at && at.stage === 2) now = framed(blocks.middle, at.at, row, column) + framed(kernel("p", map), at.at, 0, 0);
    else if (at) {
      const { channel, which = map } = groups[at.at], a = Math.floor(at.tap / K), b = at.tap % K;
      now = framed(blocks.input, channel, window[0] + a, window[1] + b) + framed(kernel("f", which), channel, a, b);
    }
    put(over.now, "d", now);
  }

  function write() {
    live.dataset.level = groups ? level : "none"; // styles hide what isn't of it
    if (!groups) return;
    const { K, S, P } = sizes(set), { kind, C_out } = set, { map, row, column } = place, count = productCount(groups), channels = groups.length;
    const taps = groups[0].x.length, all = taps * channels, value = minus(valueOf(groups));
    const zeros = total(groups.map(({ inside }) => inside.filter((one) => !one).length));
    say(way[2], `› ${level < 2 ? "one product" : `product ${grouped(number + 1)} of ${grouped(count)}`}`);
    way.forEach((button, i) => put(button, "aria-current", i === level && "step"));
    const reads = filled(words[kind], {
      channels: grouped(channels), channel: groups[0].channel, square: `${K}·${K}`, products: `= ${many(all, "product")}`, padded: zeros ? `, ${grouped(zeros)} with a padding zero` : "",
    }) + (kind === "separable" && C_out > 1 ? filled(words.once, { C_out: grouped(C_out) }) : "");
    say(said, filled(words.said, { ...place, value, reads }) + (level ? "" : words.press));
    if (!level) return;
    const at = level === 2 && productOf(groups, number), shown = show(groups, number, at, width), rest = channels - shown.length;
    const terms = shown.map((group, i) => (i ? paren : minus)(part(group))).join(" + ");
    say(sum, `${terms}${rest ? ` + ${paren(valueOf(groups) - valueOf(shown))} from ${grouped(rest)} more` : ""}${channels > 1 ? ` = ${value}` : " is the output value"}${words.choose}`);
    if (level < 2) return;
    const { tap = 0, x, w, before: already } = at, { channel, inside } = groups[at.at], a = Math.floor(tap / K), b = tap % K;
    say(equation, `${minus(x)} · ${paren(w)} = ${minus(x * w)}`);
    say(around, filled(words.product[at.stage === 2 ? "second" : kind], {
      map, at: at.at, channel, a, b, from: inside[tap] ? `x[${channel}, ${row * S - P + a}, ${column * S - P + b}]` : "a padding zero",
      sum: `${minus(already)} + ${paren(x * w)} = ${minus(already + x * w)}`,
    }));
    previous.disabled = !number;
    next.disabled = number === count - 1;
  }

  // Mouse, finger, keys
  const hit = (event, held) => {
    const block = blocks.output, { x, y } = within(scene, event);
    if (!block) return null;
    const on = (i) => {
      const [left, top, cell] = cellOf(block, i, 0, 0), row = Math.floor((y - top) / cell), column = Math.floor((x - left) / cell);
      return (held || Math.min(row, column, block.side - 1 - row, block.side - 1 - column) >= 0) && { map: block.sheets[i], row, column };
    };
    return [block.sheets.indexOf(place.map), ...block.sheets.keys()].map(on).find(Boolean);
  };
  let dragging = false;
  point(scene, (event) => {
    if (event.type === "pointerdown") dragging = Boolean(hit(event));
    else if (!event.buttons) dragging = false;
    const to = (dragging || !level) && hit(event, dragging && event.type !== "pointerdown");
    if (!to) return;
    if (dragging) level ||= 1;
    move(to);
  });
  const by = (row, column) => () => move({ row: place.row + row, column: place.column + column });
  const back = () => { go(Math.max(0, level - 1)); if (!level) scene.focus(); };
  keys(scene, {
    ArrowLeft: by(0, -1), ArrowRight: by(0, 1), ArrowUp: by(-1, 0), ArrowDown: by(1, 0), Enter: () => groups && go(Math.min(2, level + 1)),
    PageUp: () => move({ map: place.map - 1 }), PageDown: () => move({ map: place.map + 1 }),
  });
  keys(numbers, { ArrowLeft: () => step(-1), ArrowRight: () => step(level - 1), Home: () => step(-Infinity), End: () => step(Infinity), Enter: () => go(2) });
  keys(live, { Escape: back });
  settle();
  fitted(live, (now) => {
    width = now - 24;
    if (narrow !== width < NARROW) {
      narrow = width < NARROW;
      live.classList.toggle("narrow", narrow);
      (narrow ? folded : scene).before(shelf);
      folded.open = !narrow;
    }
    plan = null;
    draw();
  });
}
