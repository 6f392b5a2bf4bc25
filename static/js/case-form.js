// The case form of a page, and what its scripts ask of its fields. Only pages with a form load the scripts that import this.

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

export const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-form]"));
export const state = form?.querySelector("[data-draft-state]");
export const FIELDS = "input:not([type=hidden]), select, textarea";
// Where a server said what is wrong.
export const WRONG = ".field-row-invalid, .is-invalid";

/** @param {Event} event */
export const fieldOf = (event) => /** @type {Field} */ (event.target);

/** @param {Element} place @returns {Field[]} */
export const fieldsIn = (place) => [...place.querySelectorAll(FIELDS)].map((field) => /** @type {Field} */ (field));

/** @param {Element} field @returns {field is HTMLInputElement} */
export const isChoice = (field) => field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type);

/** @param {Field} field */
export const isChosen = (field) => isChoice(field) && field.checked;

/** @param {string} name @returns {HTMLElement | null} */
export const placeOf = (name) => form.querySelector(`[data-name="${CSS.escape(name)}"]`);

/** @param {string} name @returns {HTMLInputElement | null} */
export const inputOf = (name) => /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));

/** Say that a field was typed into. @param {Element} field */
export const tellInput = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

/** Say that a field has another value now. @param {Element} field */
export function tellChange(field) {
  tellInput(field);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The words of a choice, without what is read aloud only. @param {Field} choice */
export function wordsOf(choice) {
  const label = choice.labels?.[0];
  return (label?.querySelector("span:not(.visually-hidden)") ?? label)?.textContent?.trim() ?? "";
}

/**
 * What a place is called. In a table the item needs the name of its row before it.
 * @param {HTMLElement | null | undefined} place
 * @param {string} [name]
 */
export function labelOf(place, name) {
  const head = place?.closest("tr")?.querySelector("th[scope=row]");
  return [(head?.dataset.rowName ?? head?.textContent)?.trim(), place?.dataset.label ?? name].filter(Boolean).join(": ");
}

/** The browser's token when there is one: another tab may have signed in again since this page came. */
export const cookieToken = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
export const token = () => cookieToken() ?? inputOf("csrfmiddlewaretoken")?.value ?? "";

/** @param {number} bytes */
export const randomHex = (bytes) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
