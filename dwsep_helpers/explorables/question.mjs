// A question to predict on: options to choose from, or a number, and in place what came out.
import { choice, grouped, keys, make, minus, stage, tell } from "./common.mjs";

const SKIP = "skip";
const STILL_THERE = 5000; // ms from an answer until Python has drawn it: the same person still looks
const LOOK = `
  .live { max-width: 640px; border: 1px solid var(--edge); padding: 10px 14px; }
  .live.dark { color-scheme: dark; }
  p { margin: 0; } .asks, .why { margin: 4px 0; }
  legend { float: none; display: block; font-weight: 600; padding: 0; margin: 0 0 2px; }
  fieldset { display: grid; gap: 0; }
  fieldset label { display: flex; gap: 10px; align-items: baseline; min-height: 34px; padding: 5px 8px;
    margin: 0 -8px; box-sizing: border-box; border-radius: 4px; cursor: pointer; }
  fieldset label:hover { background: var(--neutral-fill); }
  fieldset:disabled label { cursor: default; background: none; }
  input[type=radio] { width: 16px; height: 16px; flex: none; position: relative; top: 2px; }
  input[type=text] { width: 11em; }
  .letter { font-weight: 600; }
  .tag { color: var(--quiet); font-size: 13px; white-space: nowrap; }
  fieldset:disabled input[type=radio] { visibility: hidden; }
  fieldset:disabled label.yours { box-shadow: inset 0 0 0 2px var(--input); }
  fieldset:disabled label.right { background: var(--output-fill); }
  .right .tag { color: var(--ink); }
  .row { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; margin-top: 6px; }
  .row:empty, p:empty, [hidden] { display: none !important; }
  .came { font-weight: 600; outline: none; }
  .status, .note { color: var(--quiet); } .status { margin-top: 6px; } .note { white-space: pre-line; }
  .outcome { margin-top: 6px; border-top: 1px solid var(--edge); padding-top: 8px; }
`;

/** A number as a person writes it, groups of three digits set apart or not; NaN if it is none. */
export function number(written) {
  let plain = written.trim().replace("−", "-");
  if (/^[-+]?[1-9]\d{0,2}([,_\s]\d{3})+(\.\d*)?$/.test(plain)) plain = plain.replace(/[,_\s]/g, "");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) && Number.isFinite(+plain) ? +plain : NaN;
}

/** An answer in words: the option with its letter, or the number with three digits at least. */
export function worded(choices, value) {
  if (choices) return `${value} (${choices.find(([letter]) => letter === value)[1]})`;
  if (Number.isInteger(value)) return grouped(value);
  const digits = Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return minus(value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits, roundingMode: "halfEven" }));
}

/** What came out, beside what was predicted, if anything was. */
export function cameOut({ choices, outcome }, predicted) {
  const right = worded(choices, outcome.value);
  if (predicted === null) return `It is ${right}.`;
  if (predicted === outcome.value || worded(choices, predicted) === right) return `As you predicted, it is ${right}.`;
  const [low, high] = [predicted, outcome.value].sort((one, other) => one - other);
  const close = !choices && low > 0 && high <= outcome.within * low;
  return `You predicted ${worded(choices, predicted)}. It is ${right}${close ? ", close" : ""}.`;
}

export function mount(host, options) {
  const { id, about, asks, again, choices, whole, outcome } = options;
  const title = `${again ? "Warm-up" : "Prediction"} ${id}`;
  const live = stage(host, title, LOOK);
  let { predicted, skipped, shown } = options;
  let chosen = predicted; // by keys, until Enter
  let heard = true;
  let pointed = false;

  const described = make("p", { id: "asks", class: again ? "asks" : "aside" }, asks);
  const status = make("p", { class: "status", "aria-live": "polite" });
  const came = make("p", { class: "came", tabindex: "-1" });
  const why = make("p", { class: "why" }), note = make("p", { class: "note" }, options.note);
  const result = make("div", { class: "outcome" }, came, why, note);
  const hand = make("button", { type: "button", click: () => hands() }, "Predict");
  const skip = make("button", { type: "button", click: () => answer(SKIP) }, "Skip");
  const field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off",
    "aria-label": `Your prediction, ${whole ? "a whole number" : "a number"}`,
    placeholder: whole ? "a whole number" : "a number", value: predicted ?? "" });
  const group = choices
    ? choice(`${title}: ${about}`, choices.map(([letter, text]) => [letter, option(letter, text)]), predicted,
        (letter) => { chosen = letter; hand.hidden = false; })
    : { element: make("fieldset", {}, make("legend", {}, `${title}: ${about}`)), set() {} };
  const fieldset = group.element;
  fieldset.setAttribute("aria-describedby", "asks");
  fieldset.firstChild.after(described);
  const row = make("div", { class: "row" }, ...(choices ? [] : [field]), hand, skip);
  live.append(fieldset, row, status, result);
  if (!choices) fieldset.append(row);
  hand.hidden = Boolean(choices);

  // A click answers at once. Arrow keys only choose: passing over an option is no answer.
  live.addEventListener("pointerdown", () => { pointed = true; });
  live.addEventListener("keydown", ({ key, shiftKey }) => {
    pointed = false;
    if (key === "Enter" && shiftKey) globalThis.dwsepAnswered = null; // on to the next cell
  });
  fieldset.addEventListener("click", (event) => {
    if (pointed && event.target.type === "radio") answer(event.target.value);
  });
  keys(fieldset, { Enter: ({ target, shiftKey }) => {
    if (!shiftKey) target.type === "radio" || target === field ? hands() : target.click();
  } });

  function option(letter, text) {
    return make("span", {}, make("span", { class: "letter" }, letter), `  ${text} `, make("span", { class: "tag" }));
  }

  function hands() {
    if (choices) return chosen === null ? null : answer(chosen);
    const given = number(field.value);
    const right = !Number.isNaN(given) && (!whole || Number.isInteger(given));
    field.setAttribute("aria-invalid", String(!right));
    if (right) return answer(given);
    status.textContent = `That is no ${whole ? "whole " : ""}number: write it as in ${whole ? "1,200" : "0.5"}.`;
    field.focus();
  }

  function answer(given) {
    if (shown) return;
    skipped = given === SKIP;
    predicted = skipped ? null : given;
    chosen = predicted;
    shown = outcome !== null;
    globalThis.dwsepAnswered = { id: title, at: performance.now() };
    heard = tell(host, options.channel, { id, answer: given });
    show();
    if (shown) came.focus({ preventScroll: true });
  }

  function show() {
    group.set(predicted);
    fieldset.disabled = shown;
    row.hidden = shown;
    hand.hidden = Boolean(choices);
    skip.setAttribute("aria-pressed", String(skipped));
    status.textContent = shown || !(skipped || predicted !== null) ? "" : said();
    result.hidden = !shown;
    came.textContent = !shown ? "" : outcome ? cameOut(options, predicted) : kept();
    why.textContent = shown && outcome ? outcome.why : "";
    for (const label of fieldset.querySelectorAll("label")) {
      const letter = label.firstChild.value, right = shown && letter === outcome?.value;
      const tags = [right && "✓ came out", letter === predicted && "your prediction"];
      label.classList.toggle("right", Boolean(right));
      label.classList.toggle("yours", letter === predicted);
      label.querySelector(".tag").textContent = tags.filter(Boolean).map((tag) => ` · ${tag}`).join("");
    }
  }

  function kept() {
    return predicted === null ? "Skipped." : `You predicted ${worded(choices, predicted)}.`;
  }

  function said() {
    if (!heard) return "Noted on this page alone: run this cell and choose again, and the notebook knows.";
    const noted = skipped ? "Skipped" : choices ? "Noted" : `Noted: ${worded(choices, predicted)}`;
    return `${noted}; open to change until the outcome shows here.`;
  }

  show();
  // Python draws anew what somebody has just answered: the keyboard stays where it was, unless
  // it has gone elsewhere to write.
  const before = globalThis.dwsepAnswered, active = document.activeElement;
  if (before?.id !== title || performance.now() - before.at > STILL_THERE) return;
  if (active?.isContentEditable || active?.matches("input, textarea")) return;
  const at = shown ? came : choices ? fieldset.querySelector("input:checked") ?? skip : skipped ? skip : field;
  at.focus({ preventScroll: true });
}
