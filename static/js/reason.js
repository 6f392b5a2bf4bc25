// A change of what was complete shows each value old -> new and asks why, before it is saved.
import { form, isChoice, isChosen, labelOf, wordsOf } from "./case-form.js";
import { make } from "./elements.js";

/**
 * @typedef {import("./case-form.js").Field} Field
 * @typedef {{ label: string, old: string, text: string }} Change
 */

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("reason-dialog"));
/** @type {HTMLElement | null} */
let submitter = null;
let given = false;

/** @param {HTMLElement} row @returns {Field[]} */
const namedIn = (row) =>
  [...row.querySelectorAll("input, select, textarea")].map((field) => /** @type {Field} */ (field)).filter((field) => field.name);
/** @param {Field} field */
const optionsOf = (field) => (field instanceof HTMLSelectElement ? [...field.selectedOptions] : null);
/** @param {string[]} values */
const together = (values) => values.filter(Boolean).sort().join(",");

/** @param {Field[]} choices */
function chosenOf(choices) {
  const chosen = choices.filter(isChosen);
  if (choices.length === 1 && choices[0].type === "checkbox") return { raw: chosen.length ? "on" : "", text: chosen.length ? "yes" : "no" };
  return { raw: together(chosen.map((choice) => choice.value)), text: chosen.map((choice) => wordsOf(choice) || choice.value).join(", ") };
}

/** @param {HTMLElement} row */
function current(row) {
  const fields = namedIn(row);
  const choices = fields.filter(isChoice);
  if (choices.length) return chosenOf(choices);
  const raw = fields.flatMap((field) => optionsOf(field)?.map((option) => option.value) ?? [field.value]);
  const text = fields.flatMap((field) => optionsOf(field)?.map((option) => option.text) ?? [field.value]);
  return { raw: together(raw), text: text.filter(Boolean).join(" ") };
}

/** @returns {Change[]} */
function changes() {
  const rows = form.querySelectorAll(form.dataset.reason === "strikes" ? "[data-stored][data-name$='-struck_out']" : "[data-stored]");
  return [...rows]
    .filter((row) => namedIn(row).some((field) => !field.disabled))
    .filter((row) => current(row).raw !== together((row.dataset.stored ?? "").split(",")))
    .map((row) => ({ label: labelOf(row), old: row.dataset.storedText ?? "", text: current(row).text }));
}

/** @returns {NodeListOf<HTMLSelectElement | HTMLTextAreaElement> | []} */
const reasonFields = () => dialog?.querySelectorAll("select, textarea") ?? [];

/** @param {boolean} off */
const disable = (off) => reasonFields().forEach((field) => { field.disabled = off; });

/** @param {Change} change */
function line({ label, old, text }) {
  const cells = [old, text].map((words) => make("td", {}, words || "empty"));
  return make("tr", {}, make("th", { scope: "row" }, label || "empty"), ...cells);
}

/** @param {HTMLElement | null} button @param {Change[]} all */
function ask(button, all) {
  if (!dialog) return;
  submitter = button;
  dialog.querySelector("[data-changes]")?.replaceChildren(...all.map(line));
  given = false;
  disable(false);
  dialog.showModal();
  dialog.querySelector("select")?.focus();
}

/**
 * A button may ask even where no value changes: it takes the form itself to another state.
 * @param {HTMLElement | null} button
 * @returns {Change[]}
 */
function changesBy(button) {
  const [old, text] = button?.dataset.moves?.split("|") ?? [];
  return [...changes(), ...(text ? [{ label: "The form", old, text }] : [])];
}

function giveReason() {
  const [reason, text] = reasonFields();
  if (!dialog || !/** @type {HTMLSelectElement} */ (reason).reportValidity()) return;
  // "Other" alone says nothing, and the server takes it for no reason.
  if (reason.value === "Other" && !text.value.trim()) {
    text.focus();
    return;
  }
  given = true;
  dialog.close();
  form.requestSubmit(submitter);
}

function listenToForm() {
  // Asked once the server has found the values good: an error comes before the reason.
  form.addEventListener("edc:reason", ({ detail }) => {
    const all = changesBy(detail.submitter);
    ask(detail.submitter, all.length ? all : [{ label: "The form", old: "as saved", text: "changed" }]);
    detail.kept = true;
  });
  // A form that its page sends itself can be checked by nobody before.
  form.addEventListener("submit", (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (given || form.dataset.sends !== undefined || button?.value === "not_done") return;
    const all = changesBy(button);
    if (!all.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(button, all);
  }, { capture: true });
  form.addEventListener("edc:stopped", () => {
    given = false;
    disable(true);
  });
}

if (form.hasAttribute("data-reason")) listenToForm();
dialog?.addEventListener("close", () => { if (!given) disable(true); });
dialog?.addEventListener("keydown", (event) => {
  const { tagName } = /** @type {Element} */ (event.target);
  if (event.key !== "Enter" || ["TEXTAREA", "BUTTON"].includes(tagName)) return;
  event.preventDefault();
  giveReason();
});
dialog?.querySelector("[data-confirm]")?.addEventListener("click", giveReason);
window.addEventListener("pageshow", () => { given = false; });
