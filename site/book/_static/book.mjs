// What the book adds to its pages: predictions stay in this browser, and open what they were about.

const PLACE = "dwsep-predictions";
const recall = () => {
  try { return JSON.parse(localStorage.getItem(PLACE)) ?? {}; } catch { return {}; }
};
const answered = recall(); // by the question's number: a letter, a number or "skip"

/** What a question needs to know that was answered before. */
function kept(id) {
  if (!(id in answered)) return {};
  const skipped = answered[id] === "skip";
  return { predicted: skipped ? null : answered[id], skipped, shown: true };
}

/** Bring a page's figures to life, of [mark, mount, options] each, when a reader comes near. */
export function comeAlive(figures) {
  const waiting = new Map();
  const near = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      const [mount, options] = waiting.get(target);
      mount(target, { ...options, ...kept(options.id), channel: null });
    }
  }, { rootMargin: "100%" });
  for (const [mark, mount, options] of figures) {
    const host = document.querySelector(`.${mark}:not([data-alive])`);
    host.dataset.alive = "";
    waiting.set(host, [mount, options]);
    near.observe(host);
  }
}

function keep() {
  try { localStorage.setItem(PLACE, JSON.stringify(answered)); } catch { /* for as long as the page is open */ }
}

/** Open what shows an outcome, once all that it shows was predicted on; fill in the recap. */
function show() {
  for (const cell of document.querySelectorAll("[class*=tag_reveals-]")) {
    const ids = [...cell.classList].filter((name) => name.startsWith("tag_reveals-"))
      .map((name) => name.slice("tag_reveals-".length).replace("-", "."));
    const fold = cell.querySelector("details.below-input");
    if (fold && ids.every((id) => id in answered)) fold.open = true;
  }
  for (const row of document.querySelectorAll(".cell_output table tr")) {
    const [id, , predicted] = [...row.cells].map((cell) => cell.textContent.trim());
    if (/^\d\.\d+$/.test(id) && predicted !== undefined && row.cells.length === 5)
      row.cells[2].textContent = id in answered ? String(answered[id]).replace("skip", "skipped") : "—";
  }
}

document.addEventListener("dwsep", ({ detail }) => {
  if (detail?.id === undefined || detail.answer === undefined) return;
  answered[detail.id] = detail.answer;
  keep();
  show();
});
show();

/** Bring what an address names to the top, and keep it there while figures above it come to life. */
function arrive() {
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  document.documentElement.classList.add("whole"); // heights that are guessed would lead astray
  const drawer = document.getElementById("__toc");
  if (drawer) drawer.checked = false;
  const grows = new ResizeObserver(() => place.scrollIntoView({ behavior: "instant" }));
  const leave = () => grows.disconnect();
  grows.observe(document.querySelector("article"));
  for (const kind of ["wheel", "touchstart", "keydown", "pointerdown"])
    addEventListener(kind, leave, { once: true, passive: true });
  setTimeout(leave, 4000);
}
addEventListener("hashchange", arrive);
document.addEventListener("click", ({ target }) => {
  const link = target.closest?.('a[href^="#"]');
  if (link && link.hash === location.hash) setTimeout(arrive); // no change, no event
});
arrive();
