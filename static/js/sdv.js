// The monitor's work list by single keys: never while one types, and off for whoever says so (WCAG 2.1.4).
const STORE = "edc.sdv.single-keys";
const toggle = document.querySelector("[data-single-keys]");

const typing = (target) =>
  target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName) ||
  (target.tagName === "INPUT" && !["checkbox", "radio"].includes(target.type));

// Where the panes stand one below the other, the form is far under the list: it comes up from under it.
function arrive(title) {
  title?.focus();
  const list = document.getElementById("work-list");
  if (title && list && title.getBoundingClientRect().top > list.getBoundingClientRect().bottom) title.scrollIntoView({ block: "start" });
}

// From one form to the next the focus goes along, so that Tab goes on inside the form and not at the top of the page.
const arrived = new URLSearchParams(location.search);
if (["form", "page"].some((name) => arrived.has(name))) arrive(document.querySelector("[data-arrive]"));

if (toggle) {
  toggle.checked = localStorage.getItem(STORE) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
}

document.addEventListener("keydown", (event) => {
  if (!toggle?.checked || event.repeat || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
  const door = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!door) {
    const silent = document.querySelector(`[data-silent-key="${CSS.escape(event.key.toLowerCase())}"]`);
    const answer = document.querySelector("[data-key-answer]");
    // Emptied first: the same words said again are heard again.
    if (silent && answer) {
      answer.textContent = "";
      setTimeout(() => (answer.textContent = `${silent.dataset.why}`), 50);
    }
    return;
  }
  event.preventDefault();
  door.click();
});
