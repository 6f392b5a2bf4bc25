// Which fields of a form hold something other than the page came with.
import { inputOf, isChoice } from "./case-form.js";

/** @typedef {import("./case-form.js").Field} Field */

/** @param {HTMLSelectElement} list */
function isChosenAnew(list) {
  const isPreset = list.querySelector("[selected]");
  return [...list.options].some((option) => option.selected !== option.defaultSelected && (option.selected || isPreset));
}

/** @param {Field} field */
function isEdited(field) {
  if (isChoice(field)) return field.checked !== field.defaultChecked;
  return field instanceof HTMLSelectElement ? isChosenAnew(field) : field.value !== field.defaultValue;
}

/**
 * The names of what was typed since the form came, or before it was refused: of two versions only that is mine.
 * @param {Element} panel
 */
export function edited(panel) {
  const before = inputOf("edited")?.value.split(" ") ?? [];
  const now = [...panel.querySelectorAll("[name]")].map((field) => /** @type {Field} */ (field)).filter(isEdited);
  return [...new Set([...before, ...now.map((field) => field.name)])].join(" ").trim();
}
