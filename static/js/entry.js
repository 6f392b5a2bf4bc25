// Entry of a case form: which items apply, what stands of two versions, keys that take an answer back, where the cursor begins.
import { fieldOf, fieldsIn, form, inputOf, tellChange, WRONG } from "./case-form.js";
import { settle } from "./conditional.js";
import "./in-view.js";
import { compare } from "./two-versions.js";

// Enter never sends a form that is half typed; Delete takes a chosen answer back.
form.addEventListener("keydown", (event) => {
  const field = fieldOf(event);
  if (event.key === "Enter" && field.matches("input:not([type=submit]), select")) event.preventDefault();
  if (!["Delete", "Backspace"].includes(event.key) || !field.matches("input[type=radio]:checked")) return;
  event.preventDefault();
  /** @type {HTMLInputElement} */ (field).checked = false;
  tellChange(field);
});

// Where the cursor stood when the form was saved. What could not be taken comes first: it has the focus already.
function returnFocus() {
  const place = JSON.parse(sessionStorage.getItem("edc-focus") ?? "null");
  sessionStorage.removeItem("edc-focus");
  if (place?.path === location.pathname && !form.querySelector(WRONG)) document.getElementById(place.id)?.focus();
}

// A form that nobody has saved yet begins in its first field: the way there leads past every visit of the subject.
function focusFirst() {
  const isNew = !inputOf("version") && !form.querySelector("[role=alert]");
  const first = isNew ? fieldsIn(form).find((field) => field.checkVisibility()) : null;
  (document.querySelector("[data-focus-first]") ?? first)?.focus({ preventScroll: isNew });
}

form.autocomplete = "off";
settle();
compare();
returnFocus();
focusFirst();
document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest" });
