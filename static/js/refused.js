// What the server refused is shown where it was typed: the page stays, so that a press is one save and nothing moves.
import { form, inputOf, WRONG } from "./case-form.js";

const ARIA = ["aria-describedby", "aria-invalid"];
const MARKED = `[id]:is(.is-invalid, ${ARIA.map((name) => `[${name}]`).join(", ")})`;

/**
 * The place of an error: the row of an item, or a cell of a table.
 * @param {Element} error
 * @returns {HTMLElement | null}
 */
function counterpart(error) {
  const row = error.closest(".field-row[id]");
  if (row) return document.querySelector(`[id="${row.id}"] > .field-input, [id="${row.id}"] > details`);
  const name = error.closest("[data-name]")?.dataset.name;
  return name ? form.querySelector(`[data-name="${CSS.escape(name)}"]`) : null;
}

function forget() {
  for (const error of form.querySelectorAll(".error, .error-summary")) error.remove();
  for (const row of form.querySelectorAll(".field-row-invalid")) row.classList.remove("field-row-invalid");
}

/** @param {Element} here @param {Element} answered */
function describeAs(here, answered) {
  here.classList.toggle("is-invalid", answered.classList.contains("is-invalid"));
  for (const name of ARIA) {
    const value = answered.getAttribute(name);
    if (value === null) here.removeAttribute(name);
    else here.setAttribute(name, value);
  }
}

/** @param {Element} answered */
function describe(answered) {
  const marked = [...form.querySelectorAll(MARKED), ...answered.querySelectorAll(MARKED)];
  for (const id of new Set(marked.map((element) => element.id))) {
    const here = document.getElementById(id);
    const now = answered.querySelector(`[id="${id}"]`);
    if (here && now) describeAs(here, now);
  }
}

/** @param {Element} error */
function place(error) {
  const into = counterpart(error);
  into?.closest(".field-row")?.classList.add("field-row-invalid");
  into?.insertBefore(error, into.querySelector(":scope > .help"));
  if (into instanceof HTMLDetailsElement) into.open = true;
}

/** @param {Element} answered */
function show(answered) {
  forget();
  answered.querySelectorAll(".error").forEach(place);
  describe(answered);
  const summary = answered.querySelector(".error-summary");
  if (summary) form.querySelector(".panel")?.before(summary);
}

form.addEventListener("edc:answered", ({ detail }) => {
  const page = new DOMParser().parseFromString(detail.html, "text/html");
  /** @type {HTMLFormElement | null} */
  const answered = page.querySelector("form[data-form]");
  const opener = /** @type {HTMLInputElement | null | undefined} */ (answered?.elements.namedItem("opened_by"));
  // A page that another user opened is for the server to show anew: it is theirs from then on.
  if (!answered || opener?.value !== inputOf("opened_by")?.value) return;
  for (const dialog of form.querySelectorAll("dialog[open]")) /** @type {HTMLDialogElement} */ (dialog).close();
  show(answered);
  if (form.querySelector(WRONG)) form.dispatchEvent(new CustomEvent("edc:errors"));
  else form.querySelector(".error-summary")?.scrollIntoView({ block: "center", behavior: "instant" });
  detail.kept = true;
});
