// What the server refused is shown where it was typed: the page stays, so that a press is one save and nothing moves.
const form = document.querySelector("form[data-form]");
const SAID = ["aria-describedby", "aria-invalid"];

// The place of an error: the row of an item, or a cell of a table.
function counterpart(error) {
  const row = error.closest(".field-row[id]");
  if (row) return document.querySelector(`[id="${row.id}"] > .field-input, [id="${row.id}"] > details`);
  const cell = error.closest("[data-name]");
  return cell && form.querySelector(`[data-name="${CSS.escape(cell.dataset.name)}"]`);
}

function forget() {
  for (const one of form.querySelectorAll(".error, .error-summary")) one.remove();
  for (const one of form.querySelectorAll(".field-row-invalid")) one.classList.remove("field-row-invalid");
}

function describe(answered) {
  const marked = `[id]:is(.is-invalid, ${SAID.map((name) => `[${name}]`).join(", ")})`;
  const ids = new Set([...form.querySelectorAll(marked), ...answered.querySelectorAll(marked)].map((one) => one.id));
  for (const id of ids) {
    const here = document.getElementById(id);
    const there = answered.querySelector(`[id="${id}"]`);
    if (!here || !there) continue;
    here.classList.toggle("is-invalid", there.classList.contains("is-invalid"));
    for (const name of SAID) {
      if (there.hasAttribute(name)) here.setAttribute(name, there.getAttribute(name));
      else here.removeAttribute(name);
    }
  }
}

function show(answered) {
  forget();
  for (const error of answered.querySelectorAll(".error")) {
    const place = counterpart(error);
    place?.closest(".field-row")?.classList.add("field-row-invalid");
    place?.insertBefore(error, place.querySelector(":scope > .help"));
    if (place?.matches("details")) place.open = true;
  }
  describe(answered);
  const summary = answered.querySelector(".error-summary");
  if (summary) form.querySelector(".panel").before(summary);
}

form.addEventListener("edc:answered", (event) => {
  const answered = new DOMParser().parseFromString(event.detail.html, "text/html").querySelector("form[data-form]");
  // A page that another user opened is for the server to show anew: it is theirs from then on.
  if (answered?.elements.opened_by?.value !== form.elements.opened_by.value) return;
  for (const dialog of form.querySelectorAll("dialog[open]")) dialog.close();
  show(answered);
  if (form.querySelector(".field-row-invalid, .is-invalid")) form.dispatchEvent(new CustomEvent("edc:errors"));
  else form.querySelector(".error-summary")?.scrollIntoView({ block: "center", behavior: "instant" });
  event.detail.kept = true;
});
