// Repeating rows: a new one is made from the blank, one that was never saved can be taken away again.
import { FIELDS, fieldOf, form, inputOf, tellInput } from "./case-form.js";

/** How many rows a section has. @param {HTMLElement} section */
const total = (section) => /** @type {HTMLInputElement} */ (inputOf(`${section.dataset.rows}-TOTAL_FORMS`));

/** @param {HTMLElement} section */
function add(section) {
  const count = total(section);
  const html = section.querySelector("template[data-blank]")?.innerHTML.replaceAll("__prefix__", count.value) ?? "";
  const into = section.querySelector("[data-into]");
  into?.insertAdjacentHTML("beforeend", html);
  count.value = String(Number(count.value) + 1);
  return into?.lastElementChild;
}

form.addEventListener("click", (event) => {
  const pressed = fieldOf(event);
  const section = pressed.closest("[data-rows]");
  if (section && pressed.closest("[data-add-row]")) add(section)?.querySelector(FIELDS)?.focus();
  const remove = pressed.closest("[data-remove-row]");
  if (!remove) return;
  remove.closest("[data-row]")?.remove();
  section?.querySelector("[data-add-row]")?.focus();
  tellInput(form);
});

form.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.closest(".strike")) box.closest("[data-row]")?.classList.toggle("struck", box.checked);
});

// A draft that held more rows than the page has gets them before its values come back.
form.addEventListener("edc:restore", ({ detail }) => {
  for (const section of form.querySelectorAll("[data-rows]")) {
    const pattern = new RegExp(`^${section.dataset.rows}-(\\d+)-`);
    const numbers = detail.names.map((name) => Number(pattern.exec(name)?.[1] ?? -1));
    while (Number(total(section).value) <= Math.max(-1, ...numbers)) add(section);
  }
});
