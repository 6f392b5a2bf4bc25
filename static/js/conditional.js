// Items that apply only with another answer: shown and hidden as one answers, and emptied only after that is confirmed.
import { fieldOf, fieldsIn, form, isChoice, tellInput } from "./case-form.js";
import { make } from "./elements.js";

/** @typedef {[row: HTMLElement, condition: DOMStringMap]} Conditional */

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("empties-dialog"));

/** @param {Element} element */
const rowOf = (element) => /** @type {HTMLElement} */ (element.closest(".field-row") ?? element.closest("td"));

/** @param {HTMLElement} row */
const isFilled = (row) => fieldsIn(row).some((field) => (isChoice(field) ? field.checked : field.value !== ""));

/** @param {string} name */
function answerTo(name) {
  const group = form.elements.namedItem(name);
  return group && "value" in group ? String(group.value) : "";
}

/** The row in which an item is asked. @param {string} name */
function rowAsking(name) {
  const group = form.elements.namedItem(name);
  const field = group instanceof RadioNodeList ? group[0] : group;
  return field instanceof Element && field.closest("form") ? rowOf(field) : null;
}

/** @param {HTMLElement} row */
function empty(row) {
  for (const field of fieldsIn(row)) {
    if (isChoice(field)) field.checked = false;
    else field.value = "";
  }
}

function conditionals() {
  /** @type {Map<HTMLElement, DOMStringMap>} */
  const rows = new Map();
  for (const element of form.querySelectorAll("[data-only-if]")) rows.set(rowOf(element), element.dataset);
  return [...rows];
}

/**
 * What hangs on an item that is itself not asked is not asked either.
 * @param {DOMStringMap} condition
 * @returns {boolean}
 */
function applies(condition) {
  const name = condition.onlyIf ?? "";
  const asking = rowAsking(name);
  const above = asking && conditionals().find(([row]) => row === asking);
  return (condition.onlyValues ?? "").split("|").includes(answerTo(name)) && (!above || applies(above[1]));
}

/** @type {Map<string, string>} */
let before = new Map();

/** Show what applies to the answers as they are now, and remember them. */
export function settle() {
  for (const [row, condition] of conditionals()) row.hidden = !applies(condition);
  before = new Map(conditionals().map(([, condition]) => [condition.onlyIf ?? "", answerTo(condition.onlyIf ?? "")]));
}

/** @param {Node} choice @param {string} value */
function setChosen(choice, value) {
  if (choice instanceof HTMLInputElement) choice.checked = choice.value === value;
}

/** @param {string} name */
function takeBack(name) {
  const old = before.get(name) ?? "";
  const group = form.elements.namedItem(name);
  // Set one by one: a group takes no empty value, which is what a first answer goes back to.
  if (group instanceof RadioNodeList) group.forEach((choice) => setChosen(choice, old));
  else if (group && "value" in group) group.value = old;
  tellInput(form);
}

/**
 * What would be emptied is said before it is: the answer goes back unless that is confirmed.
 * @param {HTMLDialogElement} shown
 * @param {Conditional[]} gone
 * @param {string} name of the item that was answered
 */
function confirmEmptying(shown, gone, name) {
  shown.querySelector("[data-gone]")?.replaceChildren(...gone.map(([row]) => make("li", {}, row.dataset.label ?? "")));
  shown.returnValue = "";
  shown.showModal();
  shown.addEventListener("close", () => {
    if (shown.returnValue === "empty") gone.forEach(([row]) => empty(row));
    else takeBack(name);
    settle();
    tellInput(form);
  }, { once: true });
}

form.addEventListener("change", (event) => {
  const { name } = fieldOf(event);
  const gone = conditionals().filter(([row, condition]) => condition.onlyIf === name && !applies(condition) && isFilled(row));
  if (gone.length && dialog) confirmEmptying(dialog, gone, name);
  else settle();
});
dialog?.querySelector("[data-empty]")?.addEventListener("click", () => dialog.close("empty"));
