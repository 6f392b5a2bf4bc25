// Repeating rows: a new one is made from the blank, one that was never saved can be taken away again.
const form = document.querySelector("form[data-form]");
const FIELDS = "input:not([type=hidden]), select, textarea";

function total(section) {
  return form.elements[`${section.dataset.rows}-TOTAL_FORMS`];
}

function add(section) {
  const count = total(section);
  const html = section.querySelector("template[data-blank]").innerHTML.replaceAll("__prefix__", count.value);
  const into = section.querySelector("[data-into]");
  into.insertAdjacentHTML("beforeend", html);
  count.value = Number(count.value) + 1;
  return into.lastElementChild;
}

form?.addEventListener("click", (event) => {
  const section = event.target.closest("[data-rows]");
  if (event.target.closest("[data-add-row]")) add(section).querySelector(FIELDS)?.focus();
  const remove = event.target.closest("[data-remove-row]");
  if (!remove) return;
  remove.closest("[data-row]").remove();
  section.querySelector("[data-add-row]").focus();
  form.dispatchEvent(new Event("input", { bubbles: true }));
});

form?.addEventListener("change", (event) => {
  if (event.target.closest(".strike")) event.target.closest("[data-row]").classList.toggle("struck", event.target.checked);
});

// A draft that held more rows than the page has gets them before its values come back.
form?.addEventListener("edc:restore", (event) => {
  for (const section of form.querySelectorAll("[data-rows]")) {
    const pattern = new RegExp(`^${section.dataset.rows}-(\\d+)-`);
    const numbers = event.detail.names.map((name) => Number(pattern.exec(name)?.[1] ?? -1));
    while (Number(total(section).value) <= Math.max(-1, ...numbers)) add(section);
  }
});
