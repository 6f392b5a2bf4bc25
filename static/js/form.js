// Entry by keyboard, the first error under the cursor, and no page left with unsaved typing unasked.
const form = document.querySelector("form[data-form]");
let typed = false;
let leaving = false;

const FIELDS = "input:not([type=hidden]), select, textarea";
// In the middle of the window: the page's head and foot lie over its edges.
function toFirstError() {
  const invalid = form?.querySelector(".field-row-invalid, .is-invalid");
  const first = invalid?.matches(FIELDS) ? invalid : invalid?.querySelector(FIELDS);
  first?.focus({ preventScroll: true });
  (first?.closest(".choice") ?? first)?.scrollIntoView({ block: "center", behavior: "instant" });
}

toFirstError();
form?.addEventListener("edc:errors", toFirstError);

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || event.altKey) return;
  event.preventDefault();
  const save = form?.querySelector("[data-save]");
  if (save && !document.querySelector("dialog[open]")) form.requestSubmit(save);
});

// In a group of choices a digit names the answer of that number (a grade, 3 for 3+), or else counts: 1 is the first.
document.addEventListener("keydown", (event) => {
  const group = event.target.closest?.(".choices");
  if (!group || !/^\d$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = [...group.querySelectorAll("input")];
  const numbers = all.some((one) => /^\d+$/.test(one.value));
  const named = (one) => /^\d+(?=\+?$)/.exec(one.value)?.[0] === event.key;
  const choice = numbers ? all.find(named) : all[Number(event.key) - 1];
  if (!choice || choice.disabled) return;
  event.preventDefault();
  choice.focus();
  choice.click();
});

form?.addEventListener("input", () => { typed = true; });
form?.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving = true; });
form?.addEventListener("edc:leaving", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if (typed && !leaving) event.preventDefault();
});
