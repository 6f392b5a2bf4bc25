// The monitor's work list by single keys: never while one types, and off for whoever says so (WCAG 2.1.4).
const STORE = "edc.sdv.single-keys";
/** @type {HTMLInputElement | null} */
const toggle = document.querySelector("[data-single-keys]");

/** @param {HTMLElement} field */
const takesLetters = (field) =>
  field.isContentEditable || ["TEXTAREA", "SELECT"].includes(field.tagName) ||
  (field instanceof HTMLInputElement && !["checkbox", "radio"].includes(field.type));

/**
 * Where the panes stand one below the other, the form is far under the list: it comes up from under it.
 * @param {HTMLElement | null} title
 */
function arrive(title) {
  title?.focus();
  const list = document.getElementById("work-list");
  if (title && list && title.getBoundingClientRect().top > list.getBoundingClientRect().bottom) title.scrollIntoView({ block: "start" });
}

/** Explain why a key does nothing. @param {string} key */
function explain(key) {
  const silent = document.querySelector(`[data-silent-key="${key}"]`);
  const answer = document.querySelector("[data-key-answer]");
  if (!silent || !answer) return;
  // Emptied first: the same words said again are heard again.
  answer.textContent = "";
  setTimeout(() => { answer.textContent = `${silent.dataset.why}`; }, 50);
}

/** @param {KeyboardEvent} event */
const isPlain = (event) =>
  !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey && !takesLetters(/** @type {HTMLElement} */ (event.target));

document.addEventListener("keydown", (event) => {
  if (!toggle?.checked || !isPlain(event)) return;
  const key = CSS.escape(event.key.toLowerCase());
  const door = document.querySelector(`[data-key="${key}"]`);
  if (!door) {
    explain(key);
    return;
  }
  event.preventDefault();
  door.click();
});

if (toggle) {
  toggle.checked = localStorage.getItem(STORE) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(STORE, toggle.checked ? "on" : "off"));
}
// From one form to the next the focus goes along, so that Tab goes on inside the form and not at the top of the page.
const address = new URLSearchParams(location.search);
if (["form", "page"].some((name) => address.has(name))) arrive(document.querySelector("[data-arrive]"));
