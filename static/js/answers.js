// What a save would refuse, and what its checks would ask, said at the field while one types. It holds up nobody.
const form = document.querySelector("form[data-form][data-answers]");
const status = document.querySelector("[data-answer-said]");
const FIELDS = "input:not([type=hidden]), select, textarea";
const PAUSE = 600;
const touched = new Set();
let timer = null;
let asking = null;
let last = "";

const token = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
const placeOf = (name) => form.querySelector(`[data-name="${CSS.escape(name)}"]`);
const fieldsOf = (place) => [...place.querySelectorAll(FIELDS)];
const isChoice = (one) => ["radio", "checkbox"].includes(one.type);
const isEmpty = (place) => fieldsOf(place).every((one) => (isChoice(one) ? !one.checked : one.value.trim() === ""));
const intoOf = (place) => place.querySelector(":scope > .field-input, :scope > details") ?? place;
const noteId = (name) => `answer-${name}`;

// Of an empty field nothing is said before somebody was there and has gone on from its row.
function isDue(name, place) {
  if (!isEmpty(place)) return true;
  const row = place.closest("tr") ?? place;
  const near = [...row.querySelectorAll("[name]"), ...fieldsOf(place)].some((one) => touched.has(one.name));
  return near && !row.contains(document.activeElement);
}

function line(look, words) {
  return Object.assign(document.createElement("p"), { className: look, textContent: words });
}

function describe(place, id, on) {
  for (const one of fieldsOf(place)) {
    const ids = new Set((one.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (on) ids.add(id);
    else ids.delete(id);
    if (ids.size) one.setAttribute("aria-describedby", [...ids].join(" "));
    else one.removeAttribute("aria-describedby");
  }
}

function mark(place, wrong) {
  if (place.matches(".field-row")) place.classList.toggle("field-row-invalid", wrong);
  for (const one of fieldsOf(place)) {
    if (!isChoice(one)) one.classList.toggle("is-invalid", wrong);
    if (wrong) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }
}

// What the last save said of a field holds no longer once something else is typed there.
function forgetRefusal(place) {
  for (const one of place.querySelectorAll(".error")) one.remove();
}

function say(name, errors, asks) {
  const place = placeOf(name);
  if (!place || !fieldsOf(place).length) return;
  const typedHere = fieldsOf(place).some((one) => touched.has(one.name));
  const refused = place.querySelector(".error");
  const standing = place.querySelector(".answer");
  standing?.remove();
  describe(place, noteId(name), false);
  if (refused && !typedHere) return;
  if (refused) forgetRefusal(place);
  if (refused || standing || errors.length) mark(place, errors.length > 0);
  if (!errors.length && !asks.length) return;
  const note = Object.assign(document.createElement("div"), { className: "answer", id: noteId(name) });
  note.append(...errors.map((words) => line("answer-error", words)), ...asks.map((words) => line("answer-ask", `Will be asked: ${words}`)));
  const into = intoOf(place);
  into.insertBefore(note, into.querySelector(":scope > .help"));
  describe(place, noteId(name), true);
}

// Only what is new is read out, and only of the field that was typed into last.
function readOut(answer) {
  const words = [...(answer.errors[last] ?? []), ...(answer.asks[last] ?? []).map((text) => `Will be asked: ${text}`)].join(" ");
  const said = words && `${placeOf(last)?.dataset.label ?? ""}: ${words}`;
  if (status.textContent !== said) status.textContent = said;
}

function show(answer) {
  const standing = [...form.querySelectorAll(".answer")].map((note) => note.closest("[data-name]").dataset.name);
  const names = new Set([...standing, ...touched, ...Object.keys(answer.errors), ...Object.keys(answer.asks)]);
  for (const name of names) {
    const place = placeOf(name);
    const due = place && isDue(name, place);
    say(name, (due && answer.errors[name]) || [], (due && answer.asks[name]) || []);
  }
  readOut(answer);
}

async function ask() {
  if (form.hasAttribute("data-saving")) return;
  asking?.abort();
  const mine = asking = new AbortController();
  const data = new URLSearchParams(new FormData(form));
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  const answer = await fetch(form.dataset.answers, { method: "POST", headers, body: data, redirect: "manual", signal: mine.signal }).catch(() => null);
  if (!answer?.ok || mine !== asking) return;
  const said = await answer.json().catch(() => null);
  if (said && mine === asking && !form.hasAttribute("data-saving")) show(said);
}

function soon(pause) {
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
}

const isItem = (target) => target.matches(FIELDS) && target.closest("[data-name]") && !target.closest("dialog");

form?.addEventListener("input", (event) => {
  if (!event.target.matches?.(FIELDS) || !isItem(event.target)) return;
  last = event.target.closest("[data-name]").dataset.name;
  touched.add(event.target.name);
  soon(PAUSE);
});
form?.addEventListener("change", (event) => { if (isItem(event.target) && touched.has(event.target.name)) soon(0); });
// Who leaves a row that lacks something is told so.
form?.addEventListener("focusout", (event) => { if (touched.size && isItem(event.target)) soon(PAUSE / 4); });
form?.addEventListener("edc:answered", () => { for (const note of form.querySelectorAll(".answer")) note.remove(); });
