// What both pages' scripts share: elements, tables, bars, words.

export const $ = (id) => document.getElementById(id);

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Three digits, as the course writes numbers. */
export function short(value) {
  if (value >= 999.5) return Math.round(value).toLocaleString("en-US");
  return value >= 99.95
    ? value.toFixed(0)
    : value >= 9.995
      ? value.toFixed(1)
      : value >= 0.0995
        ? value.toFixed(2)
        : value.toPrecision(2);
}

export const megabytes = (bytes) => `${short(bytes / 1e6)} MB`;

/** Rows of a table's body: the first cell of each is its header. */
export function fill(table, rows) {
  table.tBodies[0].replaceChildren(
    ...rows.map(([first, ...others]) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, first),
        ...others.map((cell) => make("td", {}, cell)),
      ),
    ),
  );
}

/** A list of bars from zero, to one scale: [{name, value, says, kind}]. */
export function bars(rows, most = Math.max(...rows.map(({ value }) => value))) {
  const list = make("ul", { class: "bars" });
  for (const { name, value, says, kind } of rows) {
    const bar = make("span", { class: `bar ${kind}`, "aria-hidden": "true" });
    bar.style.width = `${(70 * value) / most}%`; // the rest is for the number
    const track = make("span", { class: "track" }, bar, make("span", { class: "number" }, says));
    list.append(make("li", {}, make("span", { class: "name" }, name), track));
  }
  return list;
}

export const say = (text, place = $("state")) => {
  place.textContent = text;
};

/** Give the keyboard a place again, where the button that had it was hidden or disabled. */
export function refocus(element) {
  if (document.activeElement === document.body) element.focus({ preventScroll: true });
}

/** Have the page kept on the device, where browsers do that: over https, or on this computer. */
export function keepOffline() {
  const script = new URL("../offline.js", import.meta.url);
  navigator.serviceWorker?.register(script, { scope: location.pathname }).catch(() => {});
}

/** What went wrong, as a sentence for a reader. */
export function sentence(wrong) {
  const says = String(wrong?.message ?? wrong);
  if (wrong?.name === "AbortError") return "Cancelled.";
  if (!("DecompressionStream" in globalThis))
    return "This browser is too old: it can’t unpack the files.";
  if (!("WebAssembly" in globalThis))
    return "This browser has no WebAssembly, or it is switched off: the networks can’t run here.";
  if (/fetch|network|load failed/i.test(says) && wrong instanceof TypeError)
    return "A file couldn’t be fetched: is the device offline?";
  if (/memory|allocat/i.test(says))
    return "There isn’t enough memory for this network here. Take a smaller one.";
  return `It didn’t work: ${says}`;
}
