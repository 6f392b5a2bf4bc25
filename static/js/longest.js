// A text that is too long stays whole: near its limit a counter stands under it, and the server refuses what is over.
import { inRole, make } from "./elements.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement} TextField */

const NEAR = 0.8;
/** @type {WeakMap<TextField, HTMLElement>} */
const counters = new WeakMap();

/**
 * As the server counts: characters, not halves of them, a new line as two, and no blanks around the text.
 * @param {TextField} field
 */
const lengthOf = (field) => [...field.value.trim().replace(/\r?\n/g, "\r\n")].length;

/** @param {TextField} field */
function counterOf(field) {
  const standing = counters.get(field);
  if (standing?.isConnected) return standing;
  const counter = inRole(make("div", { className: "text-length" }), "status");
  (field.closest(".input-group") ?? field).after(counter);
  counters.set(field, counter);
  return counter;
}

/** @param {number} length @param {number} limit */
function wordsFor(length, limit) {
  const words = `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`;
  return length > limit ? `${words}: ${(length - limit).toLocaleString("en")} too many. Nothing is cut.` : words;
}

/** @param {TextField} field */
function count(field) {
  const limit = Number(field.dataset.longest);
  const length = lengthOf(field);
  const isFar = length <= limit * NEAR;
  if (isFar && !counters.has(field)) return;
  const counter = counterOf(field);
  counter.hidden = isFar;
  counter.classList.toggle("over", length > limit);
  counter.textContent = wordsFor(length, limit);
}

document.addEventListener("input", (event) => {
  const field = /** @type {TextField} */ (event.target);
  if (field.matches("[data-longest]")) count(field);
});
document.querySelectorAll("[data-longest]").forEach((field) => count(/** @type {TextField} */ (field)));
