// Entry of a case form: items that apply only with another answer, answers taken back, the choice between two saves.
const form = document.querySelector("form[data-form]");
const FIELDS = "input:not([type=hidden]), select, textarea";
const dialog = document.getElementById("empties-dialog");
const foot = form?.querySelector(".form-foot");

const rowOf = (one) => one.closest(".field-row") ?? one.closest("td");
const fieldsOf = (row) => [...row.querySelectorAll(FIELDS)];
const isFilled = (row) => fieldsOf(row).some((one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value !== ""));

function answer(name) {
  const group = form.elements[name];
  return group instanceof RadioNodeList ? group.value : group?.value ?? "";
}

function empty(row) {
  for (const one of fieldsOf(row)) {
    if (["radio", "checkbox"].includes(one.type)) one.checked = false;
    else one.value = "";
  }
}

function conditional() {
  const rows = new Map();
  for (const one of form.querySelectorAll("[data-only-if]")) rows.set(rowOf(one), one.dataset);
  return [...rows];
}

// What hangs on an item that is itself not asked is not asked either.
function applies(condition) {
  const source = form.elements[condition.onlyIf];
  const above = (source instanceof RadioNodeList ? source[0] : source)?.closest("form") && conditional().find(([row]) => row === rowOf(source instanceof RadioNodeList ? source[0] : source));
  return condition.onlyValues.split("|").includes(answer(condition.onlyIf)) && (!above || applies(above[1]));
}

function show() {
  for (const [row, condition] of conditional()) row.hidden = !applies(condition);
}

// What would be emptied is said before it is: the answer goes back unless that is confirmed.
let before = new Map();
const remember = () => { before = new Map(conditional().map(([, condition]) => [condition.onlyIf, answer(condition.onlyIf)])); };

function takeBack(name) {
  const old = before.get(name);
  const group = form.elements[name];
  if (group instanceof RadioNodeList) for (const one of group) one.checked = one.value === old;
  else group.value = old;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

form?.addEventListener("change", (event) => {
  const gone = conditional().filter(([row, condition]) => condition.onlyIf === event.target.name && !applies(condition) && isFilled(row));
  if (!gone.length) { show(); remember(); return; }
  dialog.querySelector("[data-gone]").replaceChildren(...gone.map(([row]) => {
    const line = document.createElement("li");
    line.textContent = row.dataset.label;
    return line;
  }));
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "empty") gone.forEach(([row]) => empty(row));
    else takeBack(event.target.name);
    show();
    remember();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }, { once: true });
});

dialog?.querySelector("[data-empty]").addEventListener("click", () => dialog.close("empty"));

// Enter never sends a form that is half typed; Delete takes a chosen answer back.
form?.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && field.matches("input:not([type=submit]), select")) event.preventDefault();
  if (!["Delete", "Backspace"].includes(event.key) || !field.matches("input[type=radio]:checked")) return;
  event.preventDefault();
  field.checked = false;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// Browsers take what lies behind the page's foot or head for visible: what has the focus is brought out from there, with
// what is said of it.
function bringOut(field) {
  if (!form.contains(field) || field.closest(".form-foot, dialog")) return;
  const at = (field.closest(".choice") ?? field).getBoundingClientRect();
  const note = field.closest("[data-name]")?.querySelector(".answer")?.getBoundingClientRect();
  const head = document.querySelector(".form-head");
  const top = getComputedStyle(head).position === "sticky" ? head.getBoundingClientRect().bottom + 12 : 0;
  const floor = Math.min(foot?.getBoundingClientRect().top ?? window.innerHeight, window.innerHeight);
  const below = Math.max(at.bottom, note?.bottom ?? 0) + 12 - floor;
  if (below > 0) window.scrollBy({ top: Math.min(below, at.top - top), behavior: "instant" });
  else if (at.top < top) window.scrollBy({ top: at.top - top, behavior: "instant" });
}

form?.addEventListener("focusin", (event) => { if (event.target.matches(":focus-visible")) bringOut(event.target); });

// The foot is as high as its buttons need, and what is said at one field moves all below it: also the one that has the
// focus by then. Who has scrolled away from it is left alone.
function afterMove() {
  document.documentElement.style.setProperty("--sticky-bottom", `${foot?.offsetHeight ?? 0}px`);
  const field = document.activeElement;
  const at = field?.getBoundingClientRect();
  if (field?.matches(":focus-visible") && at.bottom > 0 && at.top < window.innerHeight + 200) bringOut(field);
}

if (form) {
  const moves = new ResizeObserver(afterMove);
  for (const one of [form, foot]) if (one) moves.observe(one);
}

// Of two versions of a form: for each choice what was saved stands, or what was typed.
const placeOf = (name) => form.querySelector(`[data-name="${CSS.escape(name)}"]`);
const mine = new Map();

// Of a group of answers only the one that is chosen speaks: to whoever listens, any other would be an answer given.
function put(place, raw) {
  const chosen = raw.split(",");
  const all = fieldsOf(place);
  for (const one of all) {
    if (one.type === "radio") one.checked = one.value === raw;
    else if (one.type === "checkbox") one.checked = chosen.includes(one.value);
    else one.value = raw;
  }
  const speaks = all.find((one) => one.checked) ?? all.find((one) => one.type !== "radio") ?? form;
  speaks.dispatchEvent(new Event("input", { bubbles: true }));
  show();
  remember();
}

function typedIn(place) {
  const all = fieldsOf(place);
  const choices = all.filter((one) => ["radio", "checkbox"].includes(one.type));
  return choices.length ? choices.filter((one) => one.checked).map((one) => one.value).join(",") : all[0]?.value ?? "";
}

// A result and its unit are one choice: what belongs together stands as one of the two wrote it.
const placesOf = (choice) => choice.dataset.keep.split(" ").map(placeOf).filter(Boolean);

function stand(choice) {
  for (const place of placesOf(choice)) put(place, choice.value === "theirs" ? place.dataset.stored : mine.get(place));
}

document.addEventListener("change", (event) => { if (event.target.matches("[data-keep]")) stand(event.target); });
document.addEventListener("click", (event) => {
  const which = event.target.closest("[data-keep-all]")?.dataset.keepAll;
  for (const choice of which ? document.querySelectorAll(`[data-keep][value=${which}]`) : []) {
    choice.checked = true;
    stand(choice);
  }
});

function compare() {
  const choices = [...document.querySelectorAll("[data-keep]")];
  for (const place of choices.flatMap(placesOf)) mine.set(place, typedIn(place));
  for (const choice of choices) {
    if (!placesOf(choice).length) choice.disabled = true;
    else if (choice.checked) stand(choice);
  }
  document.querySelector("[data-keep-every]")?.removeAttribute("hidden");
}

if (form) {
  form.autocomplete = "off";
  show();
  remember();
  compare();
  // A form that nobody has saved yet begins in its first field: the way there leads past every visit of the subject.
  const place = JSON.parse(sessionStorage.getItem("edc-focus") ?? "null");
  sessionStorage.removeItem("edc-focus");
  // What could not be taken comes first: it has the focus already.
  if (place?.path === location.pathname && !form.querySelector(".field-row-invalid, .is-invalid")) document.getElementById(place.id)?.focus();
  const isNew = !form.elements.version && !form.querySelector("[role=alert]");
  const first = isNew && [...form.querySelectorAll(FIELDS)].find((one) => one.checkVisibility());
  (document.querySelector("[data-focus-first]") ?? (first || null))?.focus({ preventScroll: isNew });
  document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest" });
}
