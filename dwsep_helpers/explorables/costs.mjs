// What a layer costs, standard and separable, and how fast a processor's roofline lets it be.
import { choice, fitted, grouped, herald, keys, knob, make, minus, point, stage, within } from "./common.mjs";

const KINDS = ["standard", "depthwise", "pointwise", "separable"];
const ITEM = { float32: 4, int8: 1 };
const X = [0.05, 5e3], Y = [1e8, 4e12]; // MACs per byte; MACs per second
const ENDS = { peak: [1e9, 2e12], bandwidth: [1e9, 1e12] };
const CHANNELS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];
const WIDTHS = [0.25, 0.5, 0.75, 1], SIDES = [128, 160, 192, 224];
const FRAME = 1 / 30;

const LOOK = `
  .live > * + * { margin-top: 12px; }
  .live { container-type: inline-size; }
  .knobs.grid { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 4px 20px; align-items: end; }
  @container (max-width: 800px) { .knobs.grid { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
  .wide { overflow-x: auto; }
  .wide table { min-width: 340px; }
  label:has(select) { flex-wrap: wrap; max-width: 100%; }
  select { max-width: 100%; }
  @container (max-width: 400px) { .knobs.grid { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
  .grid label { display: grid; grid-template-columns: 1fr auto; gap: 0 8px; }
  .grid output { min-width: 0; }
  .grid input { grid-row: 2; grid-column: 1 / 3; width: 100%; }
  sub { line-height: 1; }
  p { margin: 0; }
  .layer { font-weight: 600; }
  .bar { display: flex; height: 22px; margin: 2px 0 8px; }
  .bar span, .key { forced-color-adjust: none; }
  .bar span { min-width: 1.5px; box-sizing: border-box; border: 1px solid; }
  .standard { color: var(--ink); background: var(--neutral-fill); }
  .depthwise { color: var(--kernel); background: var(--kernel); }
  .pointwise { color: var(--input); background: repeating-linear-gradient(135deg, var(--input) 0 2px, var(--input-fill) 2px 7px); }
  .words { display: flex; flex-wrap: wrap; gap: 0 14px; }
  .key { display: inline-block; width: 22px; height: 13px; border: 1px solid; vertical-align: -1px; margin-right: 5px; }
  .ratio { padding: 8px 12px; background: var(--neutral-fill); border-left: 4px solid var(--emphasis); border-radius: 3px; }
  .ratio b { white-space: nowrap; }
  table { border-collapse: collapse; width: 100%; table-layout: fixed; overflow-wrap: normal; }
  th, td { text-align: right; padding: 3px 4px; border-top: 1px solid var(--edge); font-weight: 400; }
  thead th { border: 0; vertical-align: bottom; }
  tbody th, caption { text-align: left; }
  thead svg { display: inline-block; vertical-align: -3px; margin-right: 4px; }
  td:last-child, td:nth-of-type(1) { font-weight: 600; }
  .plot { overflow: visible; }
  .plot text { font-size: 13px; dominant-baseline: central; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; pointer-events: none; }
  .plot .tick { font-size: 12px; fill: var(--quiet); }
  .plot .lines { stroke: var(--edge); stroke-width: 1; opacity: 0.35; }
  .roof { fill: none; stroke: var(--ink); stroke-width: 2.5; }
  .ridge { stroke: var(--quiet); stroke-dasharray: 3 4; }
  .grab { fill: none; stroke: transparent; stroke-width: 28; touch-action: none; }
  .grab.peak { cursor: ns-resize; } .grab.bandwidth { cursor: move; }
  .handle { touch-action: none; cursor: grab; }
  .handle circle { fill: var(--paper); stroke: var(--emphasis); stroke-width: 2.5; }
  .handle path { stroke: var(--emphasis); stroke-width: 2; fill: none; }
  .dot { stroke: var(--paper); stroke-width: 1.2; }
  .dot.standard, .dot.linear { fill: var(--ink); } .dot.depthwise { fill: var(--kernel); }
  .dot.pointwise { fill: var(--input); } .dot.separable { fill: var(--emphasis); } .dot.linear { fill: var(--output); }
  .chosen { fill: none; stroke: var(--emphasis); stroke-width: 3; }
  .said { min-height: 2.9em; }
  @container (max-width: 400px) { .live table { font-size: 12px; table-layout: auto; min-width: 0; } .live th, .live td { padding: 3px 2px; } }
  @media (max-width: 520px) { .said { min-height: 5.8em; } table { font-size: 13px; } .live th, .live td { padding: 3px 1px; font-weight: 400; } }
`;

/** MACs, parameters and elements moved of a K×K layer on maps that keep their size at stride 1. */
export function layerCost(m, n, k, size, { groups = 1, stride = 1 } = {}) {
  const out = Math.floor((size - 1) / stride) + 1;
  const params = n * (m / groups) * k * k;
  return { macs: out * out * params, params, elements: m * size * size + params + n * out * out };
}

export const added = (...costs) => ({
  macs: costs.reduce((sum, one) => sum + one.macs, 0),
  params: costs.reduce((sum, one) => sum + one.params, 0),
  elements: costs.reduce((sum, one) => sum + one.elements, 0),
});

/** A layer in all four ways, by kind. */
export function waysOf(m, n, k, size) {
  const depthwise = layerCost(m, m, k, size, { groups: m }), pointwise = layerCost(m, n, 1, size);
  return { standard: layerCost(m, n, k, size), depthwise, pointwise, separable: added(depthwise, pointwise) };
}

/** α of the channels, rounded down, one at least. */
export const thinner = (channels, alpha) => Math.max(1, Math.floor(alpha * channels));

/** Stages of a network: {name, kind, cost}. Layers are [kind, in, out, stride], 3×3 convolutions. */
export function stagesOf(layers, alpha = 1, side = 224, dense = false) {
  let size = side;
  return layers.flatMap(([kind, from, to, stride], number) => {
    const m = number ? thinner(from, alpha) : from, n = number < layers.length - 1 ? thinner(to, alpha) : to;
    const name = number ? `block ${number}` : "stem";
    if (kind === "linear") return [{ name: "classifier", kind, cost: layerCost(m, n, 1, 1) }];
    const before = size;
    size = Math.floor((size - 1) / stride) + 1;
    if (kind === "standard" || dense) return [{ name, kind: "standard", cost: layerCost(m, n, 3, before, { stride }) }];
    return [
      { name, kind: "depthwise", cost: layerCost(m, m, 3, before, { groups: m, stride }) },
      { name, kind: "pointwise", cost: layerCost(m, n, 1, size) },
    ];
  });
}

/** What a roofline predicts of a stage: the slower of computing and moving. */
export function predicted({ macs, elements }, { peak, bandwidth }, itemsize) {
  const intensity = macs / (itemsize * elements), rate = Math.min(peak, intensity * bandwidth);
  return { intensity, rate, seconds: macs / rate, bound: intensity * bandwidth < peak ? "memory" : "computing" };
}

const digits = (value) => (value >= 999.5 ? grouped(Math.round(value)) : minus(+value.toPrecision(3)));
/** A count with three digits and a prefix, as the course's `short`. */
export function short(value) {
  if (value < 1000) return digits(value);
  let scaled = value, prefix = "";
  for (prefix of "kMGT") {
    scaled /= 1000;
    if (scaled < 999.5) break;
  }
  return `${scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0)} ${prefix}`;
}
const unit = (value, name) => { const words = short(value); return words.includes(" ") ? words + name : `${words} ${name}`; };
export const duration = (seconds) => {
  const [scale, name] = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]].find(([least]) => seconds >= 0.9995 * least) ?? [1e-9, "ns"];
  return `${digits(seconds / scale)} ${name}`;
};

const SHAPES = {
  standard: (r) => `M${-r} ${-r}H${r}V${r}H${-r}Z`,
  depthwise: (r) => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`,
  pointwise: (r) => `M0 ${-1.2 * r}L${1.15 * r} ${0.9 * r}H${-1.15 * r}Z`,
  linear: (r) => `M0 ${-1.25 * r}L${1.25 * r} 0L0 ${1.25 * r}L${-1.25 * r} 0Z`,
  separable: (r) => { const w = r * 0.45, l = 1.25 * r; return `M${-w} ${-l}H${w}V${-w}H${l}V${w}H${w}V${l}H${-w}V${w}H${-l}V${-w}H${-w}Z`; },
};
const dot = (kind, r) => make("svg:path", { class: `dot ${kind}`, d: SHAPES[kind](r) });

export function mount(host, options) {
  const live = stage(host, "Costs of a layer, and the roofline", LOOK);
  const s = { ...options.start, machine: { ...options.machines[0] } };
  const { element: heard, say: tell } = herald();
  let room = 0, plot = null, chosen = null;

  const text = (name, attributes) => make(name, attributes);
  const named = (letter, low, other) => make("span", {}, letter, ...(low ? [make("sub", {}, low)] : []), ...(other ? [" = ", other[0], make("sub", {}, other[1])] : []));
  const listed = (key, name, list, text) => {
    const all = [...new Set([...list, s[key]])].sort((a, b) => a - b);
    const show = (index) => text(all[index]);
    return knob(name, { min: 0, max: all.length - 1, value: all.indexOf(s[key]), key, text: show }, (index) => { s[key] = all[index]; show_(); });
  };
  const M = () => make("span", {}, "M"), N = () => make("span", {}, "N");
  const knobs = [
    listed("m", make("span", {}, named("C", "in"), " = ", M()), CHANNELS, grouped),
    listed("n", make("span", {}, named("C", "out"), " = ", N()), CHANNELS, grouped),
    listed("k", named("K", "", ["D", "k"]), [1, 3, 5, 7, 9, 11], (k) => `${k}`),
    listed("size", make("span", {}, named("H", "out"), " = ", named("D", "p")), Array.from({ length: 112 }, (_, i) => i + 1), (size) => `${size}`),
    listed("alpha", "width α", WIDTHS, (alpha) => `${alpha}`),
    listed("side", "image ρ", SIDES, (side) => digits(side / 224)),
  ];
  const dtype = choice("Numbers", [["float32", "float32, 4 bytes"], ["int8", "int8, 1 byte"]], s.dtype, (value) => { s.dtype = value; show_(); });

  const layer = text("p", { class: "layer" }), ratio = text("p", { class: "ratio" });
  const words = KINDS.map(() => text("span")), bars = Object.fromEntries(KINDS.map((kind) => [kind, text("span", { class: kind })]));
  const key = (kind) => make("span", { class: `key ${kind}`, "aria-hidden": true });
  const [standardSaid, depthwiseSaid, pointwiseSaid, separableSaid] = words;
  const QUANTITIES = ["MACs", "para\u00admeters", "bytes moved", "MACs/\u200bbyte", "least time", "limit"]; // lines may end in these
  const cells = QUANTITIES.map(() => KINDS.map(() => text("td")));
  const icon = (kind) => { const svg = make("svg:svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": true }); svg.append(dot(kind, 5)); return svg; };
  const table = make("table", {},
    make("thead", {}, make("tr", {}, make("td", { style: "border:0" }), ...KINDS.map((kind) => make("th", { scope: "col" }, icon(kind), kind)))),
    make("tbody", {}, ...QUANTITIES.map((name, row) => make("tr", {}, make("th", { scope: "row" }, name), ...cells[row]))));

  const processor = make("select", { name: "processor", input: () => {
    const found = options.machines[processor.value];
    if (found) s.machine = { ...found };
    show_();
  } }, ...options.machines.map(({ name }, number) => make("option", { value: number }, name)), make("option", { value: "own" }, "your own: drag the roof"));
  const svg = make("svg:svg", { class: "plot" });
  const said = text("p", { class: "said" }), whole = text("p");
  live.append(
    make("div", { class: "knobs grid" }, ...knobs.map((one) => one.element)), layer,
    make("div", {},
      make("div", { class: "words" }, make("span", {}, key("standard"), standardSaid)), make("div", { class: "bar" }, bars.standard),
      make("div", { class: "words" }, make("span", {}, key("depthwise"), depthwiseSaid), make("span", {}, key("pointwise"), pointwiseSaid), separableSaid),
      make("div", { class: "bar" }, bars.depthwise, bars.pointwise)),
    ratio, make("div", { class: "knobs" }, dtype.element, make("label", {}, "Processor", processor)), make("div", { class: "wide", role: "region", "aria-label": "Costs", tabindex: 0 }, table), svg, said, ...(options.layers ? [whole] : []), heard,
  );

  const itemsize = () => ITEM[s.dtype];
  const effective = () => {
    const n = thinner(s.n, s.alpha);
    // An image's three channels stay.
    return { m: s.m === 3 ? 3 : thinner(s.m, s.alpha), n, k: s.k, size: Math.max(1, Math.floor((s.size * s.side) / 224 + 0.5)) };
  };

  /** The parts of the plot that stay while roofs and sizes move. */
  function build() {
    const width = Math.min(room, 876), height = room < 520 ? 320 : 380;
    const [left, right, top, low] = [room < 520 ? 44 : 62, width - 8, 22, height - 46];
    const scale = ([a, b], [from, to]) => (value) => from + (Math.log(value / a) / Math.log(b / a)) * (to - from);
    const back = ([a, b], [from, to]) => (at) => a * (b / a) ** ((at - from) / (to - from));
    plot = { x: scale(X, [left, right]), y: scale(Y, [low, top]), toX: back(X, [left, right]), toY: back(Y, [low, top]), left, right, top, low };
    const lines = make("svg:g", { class: "lines" }), ticks = make("svg:g");
    for (let value = 0.1; value < X[1]; value *= 10) {
      lines.append(make("svg:path", { d: `M${plot.x(value)} ${top}V${low}` }));
      ticks.append(make("svg:text", { class: "tick", x: plot.x(value), y: low + 14, "text-anchor": "middle" }, digits(+value.toPrecision(1))));
    }
    for (let value = 1e8; value < Y[1]; value *= 10) {
      lines.append(make("svg:path", { d: `M${left} ${plot.y(value)}H${right}` }));
      ticks.append(make("svg:text", { class: "tick", x: left - 6, y: plot.y(value), "text-anchor": "end" }, digits(+(value / 1e9).toPrecision(1))));
    }
    ticks.append(make("svg:text", { x: right, y: height - 10, "text-anchor": "end" }, "MACs for each byte moved"),
      make("svg:text", { x: 0, y: 8 }, "GMAC/s, at most"));
    for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) svg.setAttribute(name, value);
    const handle = (name, label) => {
      const bar = make("svg:g", { class: "handle", tabindex: 0, role: "slider", "aria-label": label, "data-roof": name },
        make("svg:circle", { r: 16, style: "fill:transparent;stroke:none" }), make("svg:circle", { r: 10 }),
        make("svg:path", { d: "M0 -6V6M-3 -3L0 -6L3 -3M-3 3L0 6L3 3", transform: name === "peak" ? "" : "rotate(-45)" }));
      const by = (factor) => () => pull(name, s.machine[name] * factor);
      const small = 10 ** 0.05;
      keys(bar, {
        ArrowUp: by(small), ArrowRight: by(small), ArrowDown: by(1 / small), ArrowLeft: by(1 / small), PageUp: by(10 ** 0.5), PageDown: by(10 ** -0.5),
        Home: () => pull(name, ENDS[name][0]), End: () => pull(name, ENDS[name][1]),
      });
      return bar;
    };
    const path = (name) => make("svg:path", { class: name });
    Object.assign(plot, {
      roof: path("roof"), ridge: path("ridge"), ridgeSaid: make("svg:text"), peakSaid: make("svg:text"), bandwidthSaid: make("svg:text"),
      grabs: { peak: path("grab peak"), bandwidth: path("grab bandwidth") },
      handles: { peak: handle("peak", "Roof: MACs a second at most"), bandwidth: handle("bandwidth", "Slope: bytes a second at most") },
      few: make("svg:g"), mine: KINDS.map((kind) => dot(kind, 8)), labels: KINDS.map((kind) => make("svg:text", { style: "font-weight:600" }, kind)),
      chosen: make("svg:circle", { class: "chosen", r: 13, visibility: "hidden" }), others: [],
    });
    const dots = make("svg:g", { tabindex: 0, role: "application", "aria-label": "Layers as dots: arrow keys go from one to the next", "data-part": "layers" },
      make("svg:g", { "aria-hidden": true }, plot.few, ...plot.mine, ...plot.labels, plot.chosen));
    const go = (by) => () => choose(((chosen ?? (by > 0 ? -1 : 0)) + by + all().length) % all().length);
    keys(dots, { ArrowRight: go(1), ArrowDown: go(1), ArrowLeft: go(-1), ArrowUp: go(-1), Home: () => choose(0), Escape: () => choose(null) });
    svg.replaceChildren(make("svg:g", { "aria-hidden": true }, lines, ticks, plot.ridge, plot.roof, plot.ridgeSaid, plot.peakSaid, plot.bandwidthSaid),
      ...Object.values(plot.grabs), dots, ...Object.values(plot.handles));
    show_();
  }

  /** Dots in the plot: the learner's four, then the network's. */
  let stages = [];
  const all = () => stages;

  function show_() {
    const now = effective(), { m, n, k, size } = now, costs = waysOf(m, n, k, size);
    const exact = (value) => (room < 560 && value >= 1e5 ? short(value) : value >= 1e10 ? short(value) : grouped(value));
    const changed = (before, after) => (before === after ? grouped(after) : `${grouped(before)} → ${grouped(after)}`);
    layer.textContent = `${k}×${k} kernels, ${changed(s.m, m)} channel${m === 1 ? "" : "s"} in, ${changed(s.n, n)} out, maps of ${s.size === size ? "" : `${s.size}×${s.size} → `}${size}×${size}${s.m === 3 && s.alpha < 1 ? " (α leaves an image's 3 channels)" : ""}`;
    const most = Math.max(costs.standard.macs, costs.separable.macs), times = costs.standard.macs / costs.separable.macs;
    for (const kind of KINDS.slice(0, 3)) bars[kind].style.width = `${(100 * costs[kind].macs) / most}%`;
    standardSaid.textContent = `standard: ${grouped(costs.standard.macs)} MACs`;
    depthwiseSaid.textContent = `depthwise ${grouped(costs.depthwise.macs)}`;
    pointwiseSaid.textContent = `+ pointwise ${grouped(costs.pointwise.macs)}`;
    separableSaid.textContent = `= separable: ${grouped(costs.separable.macs)} MACs`;
    const part = 1 / n + 1 / k ** 2;
    const compared = times > 1.0005 ? `${digits(times)} times fewer` : times < 0.9995 ? `${digits(1 / times)} times as many` : "as many";
    ratio.replaceChildren("separable / standard = ", make("b", {}, "1/", named("C", "out"), " + 1/K²"), " = ", make("b", {}, `1/${grouped(n)} + 1/${grouped(k * k)}`), ` = ${digits(part)}: ${compared} MACs`);
    const roofs = Object.fromEntries(KINDS.map((kind) => [kind, predicted(costs[kind], s.machine, itemsize())]));
    const { depthwise, pointwise, separable } = roofs;
    separable.seconds = depthwise.seconds + pointwise.seconds; // one stage after the other
    separable.rate = costs.separable.macs / separable.seconds;
    separable.bound = depthwise.bound === pointwise.bound ? depthwise.bound : "both";
    KINDS.forEach((kind, column) => {
      const { macs, params, elements } = costs[kind], { intensity, seconds, bound } = roofs[kind];
      const shown = [exact(macs), exact(params), unit(itemsize() * elements, "B"), digits(intensity), duration(seconds), bound];
      shown.forEach((value, row) => { cells[row][column].textContent = value; });
    });
    const mine = KINDS.map((kind) => ({ name: `your ${kind} layer`, kind, cost: costs[kind], ...roofs[kind] }));
    const network = options.layers ? stagesOf(options.layers, s.alpha, s.side) : [];
    const of = (stage) => ({ ...stage, ...predicted(stage.cost, s.machine, itemsize()) });
    stages = [...mine, ...network.map(of)];
    if (network.length) {
      const dense = stagesOf(options.layers, s.alpha, s.side, true).map(of);
      const total = (parts) => [added(...parts.map((one) => one.cost)), parts.reduce((sum, one) => sum + one.seconds, 0)];
      const [sum, seconds] = total(stages.slice(4)), [denseSum, denseSeconds] = total(dense);
      whole.textContent = `${options.network}, α = ${s.alpha}, ${s.side}×${s.side}: ${grouped(sum.macs)} MACs, ${grouped(sum.params)} weights, ${duration(seconds)} at least, by the roofline. With standard convolutions: ${grouped(denseSum.macs)} MACs, ${duration(denseSeconds)}. At 30 images a second each has ${duration(FRAME)}.`;
    }
    if (plot) draw();
    tell(`${layer.textContent}. ${compared} MACs. Separable ${duration(separable.seconds)}, standard ${duration(roofs.standard.seconds)}, at least, by the roofline.`);
  }

  function draw() {
    const { peak, bandwidth } = s.machine, ridge = peak / bandwidth, { x, y, left, right, top, low } = plot;
    const inX = (value) => Math.min(Math.max(value, X[0]), X[1]), start = inX(Y[0] / bandwidth), corner = inX(ridge);
    const rise = `M${x(start)} ${y(Math.min(peak, start * bandwidth))}L${x(corner)} ${y(Math.min(peak, corner * bandwidth))}`, flat = `M${x(corner)} ${y(peak)}H${right}`;
    plot.roof.setAttribute("d", ridge < X[1] ? `${rise}H${right}` : rise);
    plot.grabs.peak.setAttribute("d", flat);
    plot.grabs.bandwidth.setAttribute("d", rise);
    plot.ridge.setAttribute("d", `M${x(corner)} ${y(peak)}V${low}`);
    const place = (element, a, b, words) => { element.setAttribute("x", a); element.setAttribute("y", b); element.textContent = words; };
    place(plot.ridgeSaid, Math.min(x(corner) + 6, right - 90), low - 10, `ridge ${digits(ridge)}`);
    const grip = start * (corner / start) ** 0.2;
    const on = { peak: [Math.min((x(corner) + 3 * right) / 4, right - 12), y(peak)], bandwidth: [x(grip), y(Math.min(peak, grip * bandwidth))] };
    for (const [name, bar] of Object.entries(plot.handles)) {
      bar.setAttribute("transform", `translate(${on[name]})`);
      for (const [attribute, value] of [["aria-valuemin", ENDS[name][0]], ["aria-valuemax", ENDS[name][1]], ["aria-valuenow", s.machine[name]], ["aria-valuetext", unit(s.machine[name], name === "peak" ? "MAC/s" : "B/s")]]) bar.setAttribute(attribute, value);
    }
    while (plot.others.length < stages.length - 4) {
      const one = dot(stages[4 + plot.others.length].kind, 3.5);
      plot.others.push(one);
      plot.few.append(one);
    }
    const taken = [...Object.values(on).map(([a, b]) => [a - 16, b - 16, a + 16, b + 16])];
    stages.forEach((one, number) => {
      one.at = [x(inX(one.intensity)), y(one.rate)];
      (number < 4 ? plot.mine[number] : plot.others[number - 4]).setAttribute("transform", `translate(${one.at})`);
      if (number < 4) taken.push([one.at[0] - 9, one.at[1] - 9, one.at[0] + 9, one.at[1] + 9]);
    });
    for (let at = 0; at <= 24; at += 1) { // no words on the roof
      const value = X[0] * (X[1] / X[0]) ** (at / 24), [a, b] = [x(value), y(Math.max(Y[0], Math.min(peak, value * bandwidth)))];
      taken.push([a - 3, b - 3, a + 3, b + 3]);
    }
    const free = (box) => box[0] >= left && box[2] <= right && box[3] < low && box[1] > 0 && taken.every(([a, b, c, d]) => box[2] < a || box[0] > c || box[3] < b || box[1] > d);
    const settle = (label, words, [a, b], above) => {
      const wide = 7.6 * words.length, sides = [a + 8, a - wide / 2, a - wide - 8];
      const rows = [27, 44, 61, 78, 95, 112, 129].flatMap((off) => (above ? [b - off, b + off] : [b + off, b - off]));
      const boxes = rows.flatMap((y) => (above ? sides.toReversed() : sides).map((x) => [x, y - 9, x + wide, y + 9]));
      const box = boxes.find(free) ?? boxes[0];
      taken.push([box[0] - 7, box[1], box[2] + 7, box[3]]);
      place(label, box[0], box[1] + 9, words);
    };
    settle(plot.peakSaid, `peak ${unit(peak, "MAC/s")}`, on.peak, true);
    settle(plot.bandwidthSaid, unit(bandwidth, "B/s"), on.bandwidth, true);
    plot.labels.forEach((label, number) => settle(label, KINDS[number], stages[number].at));
    choose(chosen);
  }

  function choose(number) {
    chosen = number;
    const one = stages[number];
    plot.chosen.setAttribute("visibility", one ? "visible" : "hidden");
    if (!one) {
      said.textContent = `Times are the roofline's least, not measured. Left of the ridge, at ${digits(s.machine.peak / s.machine.bandwidth)} MACs for each byte, memory limits a layer; right of it, computing. Drag the roof or its slope; point at a dot for its name${options.network ? ` (small ones: ${options.network})` : ""}.${s.dtype === "int8" ? " Int8 changes bytes alone here; its peak may be another: drag it." : ""}`;
      return;
    }
    plot.chosen.setAttribute("transform", `translate(${one.at})`);
    const kind = number < 4 ? "" : `, ${one.kind}`;
    const by = one.bound === "both" ? "one stage limited by memory, one by computing" : `limited by ${one.bound}`;
    said.textContent = `${one.name[0].toUpperCase()}${one.name.slice(1)}${kind}: ${grouped(one.cost.macs)} MACs, ${unit(itemsize() * one.cost.elements, "B")}, ${digits(one.intensity)} MACs for each byte; ${duration(one.seconds)} at least, by the roofline, ${by}.`;
    tell(said.textContent);
  }

  function pull(name, value) {
    s.machine[name] = +Math.min(Math.max(value, ENDS[name][0]), ENDS[name][1]).toPrecision(3);
    processor.value = "own";
    show_();
  }

  let dragged = null;
  point(svg, (event) => {
    const { x, y } = within(svg, event);
    if (event.type === "pointerdown") dragged = event.target.closest("[data-roof]")?.dataset.roof ?? ["peak", "bandwidth"].find((name) => event.target === plot.grabs[name]) ?? null;
    if (dragged && event.buttons) {
      if (event.type === "pointermove") pull(dragged, dragged === "peak" ? plot.toY(y) : plot.toY(y) / plot.toX(x));
      return;
    }
    dragged = null;
    const far = stages.map((one) => Math.hypot(one.at[0] - x, one.at[1] - y)), nearest = Math.min(...far);
    const found = nearest < 22 ? far.indexOf(nearest) : null;
    if (found !== chosen) choose(found);
  });

  fitted(live, (width) => {
    room = width - 24;
    build();
  });
}
