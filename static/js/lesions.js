// Lesions by keyboard: a diameter and a finding exclude each other, Enter and the arrows go down the column.
const form = document.querySelector("form[data-form]");
const LETTERS = { g: "ABSENT", s: "TOO SMALL", n: "NOT ASSESSED" };
const rowOf = (one) => one.closest("[data-lesion]");
const diameterOf = (row) => row.querySelector(".diameter:not([type=hidden])");
const statesOf = (row) => [...row.querySelectorAll("input[type=radio][name$='-state']")];

function choose(row, value) {
  const wanted = statesOf(row).find((one) => one.value === value);
  if (!wanted) return false;
  wanted.checked = true;
  wanted.dispatchEvent(new Event("input", { bubbles: true }));
  wanted.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

function move(field, step) {
  const all = [...form.querySelectorAll(".diameter:not([type=hidden])")];
  const next = all[all.indexOf(field) + step];
  next?.focus();
  next?.select();
}

form?.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches(".diameter") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (["Enter", "ArrowDown"].includes(event.key)) move(field, 1);
  else if (event.key === "ArrowUp") move(field, -1);
  else if (event.key.toLowerCase() in LETTERS && choose(rowOf(field), LETTERS[event.key.toLowerCase()])) move(field, 1);
  else return;
  event.preventDefault();
});

// A typed diameter is a measured lesion; another finding puts the diameter aside until "measured" comes back.
form?.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  const field = row && diameterOf(row);
  if (!field) return;
  if (event.target === field) {
    for (const one of statesOf(row)) one.checked = field.value.trim() !== "" && one.value === "MEASURED";
  } else if (event.target.name.endsWith("-state")) {
    if (event.target.value === "MEASURED") field.value ||= field.dataset.aside ?? "";
    else if (field.value) [field.dataset.aside, field.value] = [field.value, ""];
    if (event.target.value === "MEASURED" && !field.value) field.focus();
  }
});

// At baseline the kind decides: a target lesion is measured, the others are present.
function byKind(row) {
  const kind = row.querySelector("select[name$='-kind']");
  const field = diameterOf(row);
  if (!kind || !field) return;
  const target = kind.value !== "NON-TARGET";
  field.closest("td").classList.toggle("not-asked", !target);
  field.disabled = !target;
  const state = row.querySelector("input[type=hidden][name$='-state']");
  if (["", "MEASURED", "PRESENT"].includes(state.value)) state.value = target ? (field.value.trim() ? "MEASURED" : "") : "PRESENT";
}

form?.addEventListener("input", (event) => { if (rowOf(event.target)) byKind(rowOf(event.target)); }, { capture: true });
form?.querySelectorAll("[data-lesion]").forEach(byKind);
