// Entry by keyboard, the first error under the cursor, and no page left with unsaved typing unasked.
import { FIELDS, form, WRONG } from "./case-form.js";

let typed = false;
let leaving = false;

// In the middle of the window: the page's head and foot lie over its edges.
function toFirstError() {
  const wrong = form.querySelector(WRONG);
  const first = wrong?.matches(FIELDS) ? wrong : wrong?.querySelector(FIELDS);
  first?.focus({ preventScroll: true });
  (first?.closest(".choice") ?? first)?.scrollIntoView({ block: "center", behavior: "instant" });
}

/** @param {KeyboardEvent} event */
function saveByKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || event.altKey) return;
  event.preventDefault();
  const save = form.querySelector("[data-save]");
  if (save && !document.querySelector("dialog[open]")) form.requestSubmit(save);
}

/**
 * The choice that a digit names (a grade, 3 for 3+), or else counts: 1 is the first.
 * @param {HTMLInputElement[]} choices
 * @param {string} digit
 */
function choiceBy(digit, choices) {
  const areNumbers = choices.some((choice) => /^\d+$/.test(choice.value));
  return areNumbers ? choices.find((choice) => /^\d+(?=\+?$)/.exec(choice.value)?.[0] === digit) : choices[Number(digit) - 1];
}

/** @param {KeyboardEvent} event */
function chooseByKey(event) {
  const group = /** @type {Element} */ (event.target).closest?.(".choices");
  if (!group || !/^\d$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  /** @type {HTMLInputElement[]} */
  const inputs = [...group.querySelectorAll("input")].map((input) => /** @type {HTMLInputElement} */ (input));
  const choice = choiceBy(event.key, inputs);
  if (!choice || choice.disabled) return;
  event.preventDefault();
  choice.focus();
  choice.click();
}

toFirstError();
form.addEventListener("edc:errors", toFirstError);
document.addEventListener("keydown", saveByKey);
document.addEventListener("keydown", chooseByKey);
form.addEventListener("input", () => { typed = true; });
form.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = true; });
form.addEventListener("edc:leaving", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => { if (typed && !leaving) event.preventDefault(); });
