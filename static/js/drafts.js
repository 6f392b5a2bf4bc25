// Keeps what is being typed in this browser, and offers it again, beside what the page shows, when it was not saved.
import { form, randomHex, state } from "./case-form.js";
import { make } from "./elements.js";
import { formOf, heldByTabs, sittingOf, startOf } from "./kept.js";
import { clock, moment } from "./moments.js";
import { offer, putBefore, words } from "./offer.js";
import { readDraft, seal, store, unseal } from "./seal.js";
import { byName, labelFor, shown, typedIn, values } from "./typed.js";

const EVERY = 3000;
const key = form.dataset.key ?? "";
// Each sitting at a form keeps an item of its own: what another tab typed, or what nobody has decided on, is not its to touch.
// A page that was refused goes on with what its sitting typed; every other page begins one.
const isRefused = form.dataset.refused !== undefined;
const sitting = (isRefused && sessionStorage.getItem(sittingOf(key))) || randomHex(8);
sessionStorage.setItem(sittingOf(key), sitting);
const item = startOf(key) + sitting;

/** @param {string} of the form's key */
const newItem = (of) => startOf(of) + randomHex(8);

let base = values();
/** @type {Draft["pending"]} */
let pending = null;
let kept = JSON.stringify(base);
let ready = false;
let turn = 0;
let written = 0;
/** @type {((value?: unknown) => void) | null} */
let release = null;

// Held while a tab has typing of its own: another one then does not offer it, and nobody discards it meanwhile.
function hold() {
  if (release || !navigator.locks) return;
  release = () => {};
  navigator.locks.request(item, () => new Promise((done) => { release = done; }));
}

/** @param {string} into an item */
function pathOf(into) {
  const name = formOf(into);
  return name === key ? location.pathname + location.search : `/forms/${name.split("-")[1]}/`;
}

/** @param {Draft | null} draft @param {string} into an item */
async function write(draft, into = item) {
  const now = ++turn;
  const sealed = draft && (await seal(draft));
  // A write that took longer than the next one says what is over.
  if (into === item && now < written) return;
  if (into === item) written = now;
  if (!sealed) store.removeItem(into);
  else store.setItem(into, JSON.stringify({ at: Date.now(), path: pathOf(into), where: form.dataset.where, ...sealed }));
}

/**
 * What was typed, with the words of its field: a page without that field can still say what it was.
 * @param {Record<string, string>} now
 */
function inWords(now) {
  const groups = byName();
  const typed = Object.entries(now).filter(([name, value]) => value !== (base[name] ?? ""));
  return Object.fromEntries(
    typed.map(([name, value]) => [name, { label: labelFor(name, groups.get(name)), text: shown(groups.get(name), value) }]),
  );
}

/** @param {Record<string, string>} now @returns {Draft} */
const draftOf = (now) => ({ at: Date.now(), version: form.dataset.version, base, values: now, words: inWords(now), pending });

/** @param {string} text */
function say(text) {
  if (state && !form.dataset.saving) state.textContent = text;
}

async function keep() {
  const now = values();
  if (!ready || JSON.stringify(now) === kept) return;
  kept = JSON.stringify(now);
  const isUntouched = kept === JSON.stringify(base) && !pending;
  try {
    if (!isUntouched) hold();
    await write(isUntouched ? null : draftOf(now));
    say(isUntouched ? "" : `Not saved yet; kept in this browser at ${clock(new Date())} UTC`);
  } catch {
    say("Not saved yet; this browser has no room to keep it");
  }
}

function keepAnew() {
  kept = "";
  return keep();
}

/**
 * A save whose answer never came may be in the record all the same.
 * @param {Draft} draft
 * @returns {Promise<{ key: string, url: string } | null>}
 */
async function arrived(draft) {
  if (!draft.pending) return null;
  const headers = { Accept: "application/json" };
  const response = await fetch(`/saves/${draft.pending.key}/`, { headers, redirect: "manual" }).catch(() => null);
  return response?.ok ? response.json().catch(() => null) : null;
}

// The items of this form, and those typed before it was begun: somebody may have begun it meanwhile.
function items() {
  const starts = [key, form.dataset.newKey].filter((name) => name !== undefined).map(startOf);
  return Object.keys(store).filter((name) => starts.some((start) => name.startsWith(start)));
}

// Items had no sitting once, and held a list.
async function divide() {
  const old = startOf(key).slice(0, -1);
  const list = /** @type {unknown} */ (await unseal(JSON.parse(store.getItem(old) ?? "null") ?? { plain: "[]" }).catch(() => []));
  for (const draft of /** @type {Draft[]} */ (list)) await write(draft, newItem(key));
  store.removeItem(old);
}

/** @param {string} name an item @param {Set<string | undefined>} held */
async function take(name, held) {
  const draft = await readDraft(name);
  if (!draft) store.removeItem(name);
  // What was refused stands in the page and is saved nowhere: it goes on counting as typed.
  else if (name === item) base = draft.base;
  else if (held.has(name)) putBefore(words("Another tab of this browser holds unsaved entries in this form."));
  else await consider(draft, name);
}

async function begin() {
  await divide();
  const held = await heldByTabs();
  for (const name of items()) await take(name, held);
}

/** @param {Draft} draft @param {string} from an item */
async function consider(draft, from) {
  const save = await arrived(draft);
  if (save) Object.assign(draft, { base: draft.pending?.values, pending: null, after: true });
  if (save && save.key !== key) await elsewhere(draft, save, from);
  else offer(draft, from, keepAnew);
}

/**
 * The first save of a form did arrive: what was typed after it belongs to the form that it made.
 * @param {Draft} draft @param {{ key: string, url: string }} save @param {string} from an item
 */
async function elsewhere(draft, save, from) {
  if (typedIn(draft).length) await write(draft, newItem(save.key));
  store.removeItem(from);
  putBefore(words(`Your last save of this form did arrive, at or after ${moment(draft.at)}. `), make("a", { href: save.url }, "Open it"));
}

form.addEventListener("input", () => keep());
setInterval(keep, EVERY);
window.addEventListener("pagehide", keep);
form.addEventListener("edc:saving", (event) => {
  // Sent again by the same key: what may have come through is what was sent first.
  if (pending?.key !== event.detail.key) pending = { key: event.detail.key, values: values() };
  event.detail.kept = keepAnew();
});
form.addEventListener("edc:saved", () => {
  pending = null;
  base = values();
  kept = JSON.stringify(base);
  write(null);
});
form.addEventListener("edc:refused", (event) => {
  if (!event.detail.open) pending = null;
  keepAnew();
});
form.addEventListener("edc:arrived", (event) => {
  const draft = { ...draftOf(values()), base: pending?.values ?? base, pending: null, after: true };
  pending = null;
  const later = typedIn(draft).length ? write(draft, newItem(event.detail.key)) : null;
  event.detail.kept = Promise.all([write(null), later]);
});
// A page that is only put aside, for the way back, types no more.
window.addEventListener("pagehide", () => {
  release?.();
  release = null;
});
window.addEventListener("pageshow", (event) => { if (event.persisted && store.getItem(item)) hold(); });
begin().finally(() => {
  ready = true;
  keep();
});
