// Light, dark, or as the system has it: the book's switch and this one are the same.
(() => {
  const MODES = { auto: "system", light: "light", dark: "dark" };
  const kept = () => {
    try {
      return MODES[localStorage.theme] ? localStorage.theme : "auto";
    } catch {
      return "auto"; // a browser that keeps nothing
    }
  };
  let mode = kept();
  const show = () => {
    document.documentElement.dataset.theme = mode;
    const button = document.getElementById("theme");
    if (!button) return;
    button.textContent = `◐ ${MODES[mode]}`;
    button.setAttribute("aria-label", `Colours: ◐ ${MODES[mode]}`);
  };
  show();
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme").addEventListener("click", () => {
      const modes = Object.keys(MODES);
      mode = modes[(modes.indexOf(mode) + 1) % modes.length];
      try {
        localStorage.theme = mode;
      } catch {
        // It holds for this page alone.
      }
      show();
    });
  });
})();
