// What a save would refuse, and which queries its checks would raise, said at the field while one types. It holds up nobody.
import { FIELDS, fieldOf, fieldsIn, form, isChoice, isChosen, placeOf, token } from "./case-form.js";
import { make } from "./elements.js";

/**
 * @typedef {{ errors: Record<string, string[]>, asks: Record<string, string[]> }} Answer
 * @typedef {import("./case-form.js").Field} Field
 */

const status = document.querySelector("[data-answer-said]");
const PAUSE = 600;
/** @type {Set<string>} */
const touched = new Set();
let timer = 0;
/** @type {AbortController | null} */
let asking = null;
let last = "";

/** @param {HTMLElement} place */
const isEmpty = (place) => fieldsIn(place).every((field) => (isChoice(field) ? !isChosen(field) : field.value.trim() === ""));
/** @param {string} name */
const noteId = (name) => `answer-${name}`;
/** @param {string} words */
const asQuery = (words) => `Will raise a query: ${words}`;

/** @param {HTMLElement} row @param {HTMLElement} place */
const isTouched = (row, place) =>
  [...row.querySelectorAll("[name]"), ...fieldsIn(place)].some((field) => touched.has(/** @type {Field} */ (field).name));

/**
 * Of an empty field nothing is said before somebody was there and has gone on from its row.
 * @param {HTMLElement} place
 */
function isDue(place) {
  if (!isEmpty(place)) return true;
  const row = place.closest("tr") ?? place;
  return isTouched(row, place) && !row.contains(document.activeElement);
}

/** @param {HTMLElement} place @param {string} id @param {boolean} on */
function describe(place, id, on) {
  for (const field of fieldsIn(place)) {
    const ids = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (on) ids.add(id);
    else ids.delete(id);
    if (ids.size) field.setAttribute("aria-describedby", [...ids].join(" "));
    else field.removeAttribute("aria-describedby");
  }
}

/** @param {HTMLElement} place @param {boolean} wrong */
function mark(place, wrong) {
  if (place.matches(".field-row")) place.classList.toggle("field-row-invalid", wrong);
  for (const field of fieldsIn(place)) {
    if (!isChoice(field)) field.classList.toggle("is-invalid", wrong);
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

/** @param {HTMLElement} place @param {string} name @param {string[]} errors @param {string[]} asks */
function putNote(place, name, errors, asks) {
  const note = make("div", { className: "answer", id: noteId(name) });
  note.append(...errors.map((words) => make("p", { className: "answer-error" }, words)));
  note.append(...asks.map((words) => make("p", { className: "answer-ask" }, asQuery(words))));
  const into = place.querySelector(":scope > .field-input, :scope > details") ?? place;
  into.insertBefore(note, into.querySelector(":scope > .help"));
  describe(place, noteId(name), true);
}

/**
 * What the last save said of a field holds no longer once something else is typed there.
 * @param {HTMLElement} place @param {string} name @param {string[]} errors @param {string[]} asks
 */
function say(place, name, errors, asks) {
  const isTypedHere = fieldsIn(place).some((field) => touched.has(field.name));
  const refusals = place.querySelectorAll(".error");
  const standing = place.querySelector(".answer");
  standing?.remove();
  describe(place, noteId(name), false);
  if (refusals.length && !isTypedHere) return;
  for (const refusal of refusals) refusal.remove();
  if (refusals.length || standing || errors.length) mark(place, errors.length > 0);
  if (errors.length || asks.length) putNote(place, name, errors, asks);
}

/**
 * Only what is new is read out, and only of the field that was typed into last.
 * @param {Answer} answer
 */
function readOut(answer) {
  const words = [...(answer.errors[last] ?? []), ...(answer.asks[last] ?? []).map(asQuery)].join(" ");
  const aloud = words && `${placeOf(last)?.dataset.label ?? ""}: ${words}`;
  if (status && status.textContent !== aloud) status.textContent = aloud;
}

/** @param {Answer} answer */
function show(answer) {
  const standing = [...form.querySelectorAll(".answer")].map((note) => note.closest("[data-name]")?.dataset.name ?? "");
  const names = new Set([...standing, ...touched, ...Object.keys(answer.errors), ...Object.keys(answer.asks)]);
  for (const name of names) {
    const place = placeOf(name);
    if (!place || !fieldsIn(place).length) continue;
    const due = isDue(place);
    say(place, name, (due && answer.errors[name]) || [], (due && answer.asks[name]) || []);
  }
  readOut(answer);
}

/** @param {AbortSignal} signal */
function post(signal) {
  const body = new URLSearchParams(/** @type {Record<string, string>} */ (/** @type {unknown} */ (new FormData(form))));
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  return fetch(form.dataset.answers ?? "", { method: "POST", headers, body, redirect: "manual", signal }).catch(() => null);
}

async function ask() {
  if (form.hasAttribute("data-saving")) return;
  asking?.abort();
  const mine = (asking = new AbortController());
  const response = await post(mine.signal);
  if (!response?.ok || mine !== asking) return;
  const answer = await response.json().catch(() => null);
  if (answer && mine === asking && !form.hasAttribute("data-saving")) show(answer);
}

/** @param {number} pause */
function soon(pause) {
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
}

/** @param {Field} field */
const isItem = (field) => field.matches?.(FIELDS) && field.closest("[data-name]") && !field.closest("dialog");

function listen() {
  form.addEventListener("input", (event) => {
    const field = fieldOf(event);
    if (!isItem(field)) return;
    last = field.closest("[data-name]")?.dataset.name ?? "";
    touched.add(field.name);
    soon(PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (isItem(fieldOf(event)) && touched.has(fieldOf(event).name)) soon(0);
  });
  // Who leaves a row that lacks something is told so.
  form.addEventListener("focusout", (event) => {
    if (touched.size && isItem(fieldOf(event))) soon(PAUSE / 4);
  });
  form.addEventListener("edc:answered", () => form.querySelectorAll(".answer").forEach((note) => note.remove()));
}

if (form.hasAttribute("data-answers")) listen();
