// What all explorables share: how they look, their knobs, keys, motion, and the way to Python.
// An explorable is a module with `mount(host, options)`; the host holds its still picture.

export const minus = (value) => String(value).replaceAll("-", "−");
export const grouped = (value) => minus(value.toLocaleString("en-US"));

/** An element, in HTML or, by the name "svg:…", in SVG. Functions among attributes listen. */
export function make(name, attributes = {}, ...children) {
  const svg = name.startsWith("svg:");
  const element = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4))
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

// The roles' colours are those of figures/palette.py: a fill to write on, a line. A mark says the
// same without colour. The dark theme keeps the hues.
const STYLE = `
  :host { display: block; margin: 8px 0; }
  .live {
    --paper: #ffffff; --ink: #1a1a1a; --quiet: #595959; --edge: #767676; --emphasis: #8f2d6b;
    --input-fill: #cfe5f3; --input: #0045ad; --kernel-fill: #fbe3b5; --kernel: #c28000;
    --output-fill: #c5ebdf; --output: #119c62; --neutral-fill: #f2f2f2;
    font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
    max-width: 900px; padding: 12px; box-sizing: border-box; border-radius: 6px;
    font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
  }
  .live.dark {
    --paper: #1b1d20; --ink: #f0f0f0; --quiet: #b8b8b8; --edge: #8c8c8c; --emphasis: #f0a3d2;
    --input-fill: #17395c; --input: #7db4ff; --kernel-fill: #553d0c; --kernel: #f0b43c;
    --output-fill: #124a36; --output: #4fd3a0; --neutral-fill: #2d3034;
  }
  .knobs { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; }
  .knobs label, .knobs legend { display: inline-flex; gap: 8px; align-items: center; min-height: 32px; }
  fieldset { border: 0; padding: 0; margin: 0; min-width: 0; display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: center; }
  legend { float: left; margin-right: 4px; }
  output { min-width: 2.2em; }
  input { accent-color: var(--input); margin: 0; }
  input[type=range] { width: 110px; height: 28px; }
  input[type=number], input[type=text], select, button {
    font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge);
    border-radius: 4px; min-height: 32px; padding: 2px 8px; box-sizing: border-box;
  }
  button { cursor: pointer; }
  button[aria-pressed=true] { background: var(--input-fill); border: 2px solid var(--input); }
  button:disabled { color: var(--quiet); border-style: dashed; cursor: default; }
  svg, canvas { display: block; max-width: 100%; user-select: none; -webkit-user-select: none; }
  svg text { fill: var(--ink); }
  :focus-visible { outline: 3px solid var(--input); outline-offset: 2px; }
  .aside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  @media (forced-colors: active) { .live, .live.dark { --paper: Canvas; --ink: CanvasText; --quiet: CanvasText; --edge: CanvasText; } }
  @media screen { slot { display: none; } }
  @media print { .live { display: none; } }
  @media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
`;

/**
 * Come alive in a host: its still is for paper from now on. Returns the element to draw into.
 *
 * Styles neither come in nor leave, since it is a shadow tree; keys pressed inside stay inside,
 * for JupyterLab would move, select or delete cells. Only what saves (Ctrl+S) or runs a cell
 * (Shift+Enter, Ctrl+Enter) is let out.
 */
export function stage(host, label, style = "") {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const live = make("div", { class: "live", role: "group", "aria-label": label });
  root.replaceChildren(make("style", {}, STYLE + style), live, make("slot"));
  host.dataset.lmSuppressShortcuts = "true";
  for (const event of ["keydown", "keyup", "keypress"])
    root.addEventListener(event, (pressed) => {
      const command = pressed.ctrlKey || pressed.metaKey, { key } = pressed;
      const passes = key === "Enter" ? command || pressed.shiftKey : command && /^s$/i.test(key);
      host.toggleAttribute("data-lm-suppress-shortcuts", !passes);
      if (!passes) pressed.stopPropagation();
    });
  const theme = () => live.classList.toggle("dark", isDark(host));
  theme();
  new MutationObserver(theme).observe(document.body, { attributes: true });
  for (const query of [DARK, FORCED]) matchMedia(query).addEventListener("change", theme);
  return live;
}

const DARK = "(prefers-color-scheme: dark)", FORCED = "(forced-colors: active)";

/** Whether what lies behind an element is dark: so every notebook's and book's theme is known. */
function isDark(element) {
  if (matchMedia(FORCED).matches) return matchMedia(DARK).matches; // the page's colours don't show
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
    const [red, green, blue, alpha = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0];
    if (alpha > 0.5) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  return false;
}

/** A slider with its name and value: {element, value}. `set` moves it, also its ends. */
export function knob(name, { min, max, value, step = 1, text = minus, key = name }, changed) {
  const shown = make("output", { "aria-hidden": "true" }); // the slider says it
  const input = make("input", { type: "range", name: key, min, max, step, value, input: () => { show(); changed(+input.value); } });
  const show = () => { shown.value = text(+input.value); input.setAttribute("aria-valuetext", shown.value); };
  show();
  return {
    element: make("label", {}, name, input, shown),
    get value() { return +input.value; },
    set(value, least = input.min, most = input.max) {
      Object.assign(input, { min: least, max: most, value });
      input.disabled = +least === +most;
      show();
    },
  };
}

/** One of some, as radio buttons: {element, value}. `options` are [value, label] pairs. */
export function choice(name, options, value, changed) {
  const group = `${name}-${Math.random().toString(36).slice(2)}`;
  const buttons = options.map(([one, label]) => {
    const input = make("input", { type: "radio", name: group, value: one, input: () => changed(one) });
    input.checked = one === value;
    return make("label", {}, input, label);
  });
  const inputs = buttons.map((label) => label.firstChild);
  return {
    element: make("fieldset", {}, make("legend", {}, name), ...buttons),
    get value() { return inputs.find((input) => input.checked)?.value; },
    set(value) { for (const input of inputs) input.checked = input.value === value; },
  };
}

/** Do something by key, such as {ArrowLeft: () => …}; other keys do what they always do. */
export function keys(element, actions) {
  element.addEventListener("keydown", (pressed) => {
    const action = pressed.ctrlKey || pressed.metaKey || pressed.altKey ? null : actions[pressed.key];
    if (!action) return;
    pressed.preventDefault();
    action(pressed);
  });
}

/** Call with each place that a mouse hovers or a finger drags over; a page still scrolls by finger. */
export function point(element, moved) {
  element.style.touchAction = "pan-y";
  element.addEventListener("pointermove", moved);
  element.addEventListener("pointerdown", (event) => {
    if (event.target.setPointerCapture) element.setPointerCapture(event.pointerId);
    moved(event);
  });
}

/** What screen readers say a little after it changed, not of what shows first: {element, say}. */
export function herald() {
  const element = make("div", { class: "aside", "aria-live": "polite" });
  let said, timer;
  const say = (words, after = 400) => {
    clearTimeout(timer);
    said ??= words;
    timer = setTimeout(() => { if (words !== said) element.textContent = said = words; }, after);
  };
  return { element, say };
}

/** Where a pointer is in an SVG's own units. */
export const within = (svg, event) =>
  new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());

/** Whether things may move by themselves. */
export const motion = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Call with the width, whenever it changes and now: whoever asks before the first frame finds the
 * figure drawn. While it isn't on the page, its width is a notebook's usual one.
 */
export function fitted(live, changed) {
  let width = 0;
  const look = (now) => {
    if (!now || now === width) return;
    width = now;
    changed(width);
  };
  look(live.clientWidth || 648);
  new ResizeObserver(() => look(live.clientWidth)).observe(live);
}

/**
 * Tell the page, and Python where a kernel runs, what the learner did.
 *
 * `channel` names a text field that ipywidgets keeps in the page, and a function that Colab knows.
 * Returns whether there is somebody to hear it.
 */
export function tell(host, channel, value) {
  host.dispatchEvent(new CustomEvent("dwsep", { detail: value, bubbles: true }));
  if (!channel) return false;
  const said = JSON.stringify(value), colab = globalThis.google?.colab?.kernel;
  colab?.invokeFunction(channel, [said], {}).catch(() => {});
  const field = document.querySelector(`.${channel} input`);
  if (!field) return Boolean(colab);
  field.value = said;
  for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
  return true;
}
