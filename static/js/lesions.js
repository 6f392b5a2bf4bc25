// Lesions by keyboard: a diameter and a finding exclude each other, Enter and the arrows go down the column.
import { fieldOf, form, tellChange } from "./case-form.js";

/** @type {Record<string, string>} */
const LETTERS = { g: "ABSENT", s: "TOO SMALL", n: "NOT ASSESSED" };
/** @type {Record<string, number>} */
const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
const DIAMETER = ".diameter:not([type=hidden])";

/** @param {Element} element */
const rowOf = (element) => element.closest("[data-lesion]");
/** @param {Element} row @returns {HTMLInputElement | null} */
const diameterOf = (row) => row.querySelector(DIAMETER);
/** @param {Element} row @returns {NodeListOf<HTMLInputElement>} */
const statesOf = (row) => row.querySelectorAll("input[type=radio][name$='-state']");

/** @param {Element | null} row @param {string} value */
function choose(row, value) {
  const state = row && [...statesOf(row)].find((choice) => choice.value === value);
  if (!state) return false;
  state.checked = true;
  tellChange(state);
  return true;
}

/** @param {Element} field @param {number} step */
function move(field, step) {
  /** @type {Element[]} */
  const all = [...form.querySelectorAll(DIAMETER)];
  const next = /** @type {HTMLInputElement | undefined} */ (all[all.indexOf(field) + step]);
  next?.focus();
  next?.select();
}

form.addEventListener("keydown", (event) => {
  const field = fieldOf(event);
  if (!field.matches(".diameter") || event.ctrlKey || event.altKey || event.metaKey) return;
  const letter = LETTERS[event.key.toLowerCase()];
  if (event.key in STEPS) move(field, STEPS[event.key]);
  else if (letter && choose(rowOf(field), letter)) move(field, 1);
  else return;
  event.preventDefault();
});

/** A typed diameter is a measured lesion. @param {Element} row @param {HTMLInputElement} diameter */
function onDiameter(row, diameter) {
  for (const state of statesOf(row)) state.checked = diameter.value.trim() !== "" && state.value === "MEASURED";
}

/**
 * Another finding puts the diameter aside until "measured" comes back.
 * @param {HTMLInputElement} diameter
 * @param {string} finding
 */
function onFinding(diameter, finding) {
  if (finding === "MEASURED") {
    diameter.value ||= diameter.dataset.aside ?? "";
    if (!diameter.value) diameter.focus();
  } else if (diameter.value) {
    diameter.dataset.aside = diameter.value;
    diameter.value = "";
  }
}

form.addEventListener("input", (event) => {
  const field = fieldOf(event);
  const row = rowOf(field);
  const diameter = row && diameterOf(row);
  if (!diameter) return;
  if (field === diameter) onDiameter(row, diameter);
  else if (field.name.endsWith("-state")) onFinding(diameter, field.value);
});

/**
 * At baseline the kind decides: a target lesion is measured, the others are present.
 * @param {Element} row
 */
function byKind(row) {
  /** @type {HTMLSelectElement | null} */
  const kind = row.querySelector("select[name$='-kind']");
  /** @type {HTMLInputElement | null} */
  const state = row.querySelector("input[type=hidden][name$='-state']");
  const diameter = diameterOf(row);
  if (!kind || !diameter || !state) return;
  const isTarget = kind.value !== "NON-TARGET";
  const measured = diameter.value.trim() ? "MEASURED" : "";
  diameter.closest("td")?.classList.toggle("not-asked", !isTarget);
  diameter.disabled = !isTarget;
  if (["", "MEASURED", "PRESENT"].includes(state.value)) state.value = isTarget ? measured : "PRESENT";
}

form.addEventListener("input", (event) => {
  const row = rowOf(fieldOf(event));
  if (row) byKind(row);
}, { capture: true });
form.querySelectorAll("[data-lesion]").forEach(byKind);
