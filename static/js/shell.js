// What every page needs: dialogs by button, drafts removed once saved or damaged, the rail folded on narrow screens.
import "./complaints.js";
import { forgetDamaged, forgetSaved } from "./kept.js";
import { listUnsaved } from "./unsaved.js";

document.addEventListener("click", (event) => {
  const pressed = /** @type {Element} */ (event.target);
  const opener = pressed.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
  const closed = pressed.closest("[data-close]")?.closest("dialog");
  if (closed instanceof HTMLDialogElement) closed.close();
});

// What is folded on the screen is read on paper too.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.visit-group:not([open])")) {
    const details = /** @type {HTMLDetailsElement} */ (folded);
    details.open = true;
    addEventListener("afterprint", () => { details.open = false; }, { once: true });
  }
});

// The server says which forms it has saved: a message tagged "saved:KEY".
const tags = [...document.querySelectorAll("[data-tags]")].flatMap((message) => message.dataset.tags?.split(" ") ?? []);
for (const tag of tags) if (tag.startsWith("saved:")) forgetSaved(tag.slice("saved:".length));

// Drafts are sealed for their user and outlast a log-out. Where the browser could not seal them, none stays behind.
document.addEventListener("submit", (event) => {
  if (/** @type {Element} */ (event.target).matches("[data-log-out]")) sessionStorage.clear();
});

forgetDamaged();
if (!document.querySelector("form[data-form]")) listUnsaved();

/**
 * Of a long list the form that is open stands in its middle; the page itself stays where it is.
 * @param {HTMLElement} rail
 */
function toCurrent(rail) {
  const here = rail.querySelector("[aria-current]");
  if (here) rail.scrollTop += here.getBoundingClientRect().top - rail.getBoundingClientRect().top - rail.clientHeight / 2;
}

/**
 * Beside the form the rail stands open, over it folded: also where the window is made narrow, or the telephone turned.
 * @param {HTMLDetailsElement} rail
 */
function foldWhenNarrow(rail) {
  const narrow = window.matchMedia("(max-width: 991px)");
  const fold = () => { rail.open = !narrow.matches; };
  if (narrow.matches) fold();
  narrow.addEventListener("change", fold);
  toCurrent(rail);
  rail.addEventListener("toggle", () => { if (rail.open) toCurrent(rail); });
}

/** @type {HTMLDetailsElement | null} */
const rail = document.querySelector("[data-rail]");
if (rail) foldWhenNarrow(rail);

// "t" stands for today: said at once, so that what is kept until tomorrow does not become another day.
document.addEventListener("change", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (field.matches("[data-today]") && /^\s*t(oday)?\s*$/i.test(field.value)) field.value = field.dataset.today ?? "";
}, { capture: true });
