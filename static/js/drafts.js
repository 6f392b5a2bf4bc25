// Keeps what is being typed in this browser, and offers it again, beside what the page shows, when it was not saved.
// It is sealed with a key that only pages of the same user carry: the next person at this computer cannot read it.
const form = document.querySelector("form[data-form]");
// Each sitting at a form keeps an item of its own: what another tab typed, or what nobody has decided on, is not its to touch.
const startOf = (name) => `edc-draft:${document.body.dataset.user}:${name}:`;
const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const SKIPPED = ["csrfmiddlewaretoken", "version", "opened_by", "change_reason", "change_reason_text", "action"];
// Without a secure connection a browser seals nothing: what is typed then lives as long as its tab.
const store = window.crypto.subtle ? localStorage : sessionStorage;
const state = form.querySelector("[data-draft-state]");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const clock = (at) => new Date(at).toISOString().slice(11, 16);
const day = (on) => `${on.getUTCDate()} ${MONTHS[on.getUTCMonth()]} ${on.getUTCFullYear()}`;
const moment = (at) => `${day(new Date(at))} ${clock(at)} UTC`;
const CHOICES = ["radio", "checkbox"];

function controls() {
  return [...form.elements].filter((one) => one.name && !SKIPPED.includes(one.name) && !["hidden", "password", "file", "submit"].includes(one.type));
}

// A row that was saved is known by its name, not by its place: since then another may have come before it.
function nameOf(one) {
  const [, rows, number, item] = /^(.+)-(\d+)-(.+)$/.exec(one.name) ?? [];
  const row = rows && (form.elements[`${rows}-${number}-label`]?.value || form.elements[`${rows}-${number}-row`]?.value);
  return row ? `${rows}[${row}]-${item}` : one.name;
}

function byName() {
  const found = new Map();
  for (const one of controls()) found.set(nameOf(one), [...(found.get(nameOf(one)) ?? []), one]);
  return found;
}

const isChoice = (group) => CHOICES.includes(group[0].type);
const chosen = (group) => group.filter((one) => one.checked);
const valueOf = (group) => (isChoice(group) ? chosen(group).map((one) => one.value).join("\n") : group[0].value);
const values = () => Object.fromEntries([...byName()].map(([name, group]) => [name, valueOf(group)]));

const secret = window.crypto.subtle && crypto.subtle.importKey(
  "raw", Uint8Array.from(form.dataset.secret.match(/../g), (pair) => parseInt(pair, 16)), "AES-GCM", false, ["encrypt", "decrypt"]);

async function seal(draft) {
  const plain = JSON.stringify(draft);
  if (!secret) return { plain };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await secret, new TextEncoder().encode(plain)));
  return { iv: btoa(String.fromCharCode(...iv)), sealed: btoa(sealed.reduce((text, byte) => text + String.fromCharCode(byte), "")) };
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function unseal(kept) {
  if (kept.plain) return JSON.parse(kept.plain);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(kept.iv) }, await secret, bytes(kept.sealed));
  return JSON.parse(new TextDecoder().decode(plain));
}

// A page that was refused goes on with what its sitting typed; every other page begins one.
const sitting = `edc-sitting:${startOf(form.dataset.key)}`;
const refused = form.dataset.refused !== undefined;
const mine = (refused && sessionStorage.getItem(sitting)) || newId();
sessionStorage.setItem(sitting, mine);
const own = startOf(form.dataset.key) + mine;
// A form that takes no entries shows what is kept, to be thrown away.
const takesEntries = Boolean(form.querySelector(".form-foot"));

let base = values();
let pending = null;
let kept = JSON.stringify(base);
let ready = false;
let turn = 0;
let written = 0;
let release = null;

// Held while a tab has typing of its own: another one then does not offer it, and nobody throws it away meanwhile.
function hold() {
  if (release || !navigator.locks) return;
  release = () => {};
  navigator.locks.request(own, () => new Promise((done) => { release = done; }));
}

const alive = async () => new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name));

async function write(draft, item = own) {
  const now = ++turn;
  const sealed = draft && await seal(draft);
  // A write that took longer than the next one says what is over.
  if (item === own && now < written) return;
  if (item === own) written = now;
  if (!sealed) { store.removeItem(item); return; }
  const name = item.split(":")[2];
  const path = name === form.dataset.key ? location.pathname + location.search : `/forms/${name.split("-")[1]}/`;
  store.setItem(item, JSON.stringify({ at: Date.now(), path, where: form.dataset.where, ...sealed }));
}

// What was typed, with the words of its field: a page without that field can still say what it was.
function named(now) {
  const found = byName();
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== (base[name] ?? ""))
    .map(([name, value]) => [name, { label: labelOf(name, found.get(name)), text: shown(found.get(name), value) }]));
}

const draftOf = (now) => ({ at: Date.now(), version: form.dataset.version, base, values: now, words: named(now), pending });

async function keep() {
  const now = values();
  if (!ready || JSON.stringify(now) === kept) return;
  kept = JSON.stringify(now);
  const untouched = kept === JSON.stringify(base) && !pending;
  try {
    if (!untouched) hold();
    await write(untouched ? null : draftOf(now));
    say(untouched ? "" : `Not saved yet; kept in this browser at ${clock(Date.now())} UTC`);
  } catch {
    say("Not saved yet; this browser has no room to keep it");
  }
}

function say(words) {
  if (state && !form.dataset.saving) state.textContent = words;
}

// Only what was typed comes back: what somebody else changed since is not put back to what it was.
function typedIn(draft) {
  return Object.entries(draft.values).filter(([name, value]) => value !== (draft.base[name] ?? ""));
}

// Rows that were added while typing have to be there first: whoever adds rows listens for "edc:restore" on the form.
function restore(entries) {
  form.dispatchEvent(new CustomEvent("edc:restore", { detail: { names: entries.map(([name]) => name) } }));
  const found = byName();
  const homeless = entries.filter(([name, value]) => !put(found.get(name), value) && value);
  if (homeless.length) form.before(notice([words(`There is no field any more for what you had typed: ${homeless.map(([, value]) => value).join(" · ")}`)]));
}

function put(group, value) {
  if (!group || group[0].disabled) return false;
  for (const one of group) {
    const wanted = CHOICES.includes(one.type) ? value.split("\n").includes(one.value) : value;
    if (wanted === (CHOICES.includes(one.type) ? one.checked : one.value)) continue;
    if (CHOICES.includes(one.type)) one.checked = wanted;
    else one.value = value;
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return true;
}

function element(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more);
}

const words = (text) => element("span", text);

function notice(parts) {
  const box = element("div", "", { className: "notice notice-warning" });
  box.setAttribute("role", "status");
  const inside = element("div", "", { className: "stack" });
  inside.append(...parts);
  box.append(inside);
  return box;
}

function button(text, look, act) {
  const made = element("button", text, { type: "button", className: `btn btn-sm ${look}` });
  made.addEventListener("click", act);
  return made;
}

function shown(group, value) {
  const one = group?.[0];
  if (one?.tagName === "SELECT") return [...one.options].find((option) => option.value === value)?.text ?? value;
  if (!group || !isChoice(group)) return value;
  const of = (choice) => (choice.labels?.[0]?.querySelector("span:not(.visually-hidden)") ?? choice.labels?.[0])?.textContent.trim();
  return group.filter((choice) => value.split("\n").includes(choice.value)).map((choice) => (group.length > 1 && of(choice)) || "yes").join(", ");
}

function labelOf(name, group) {
  const place = group?.[0].closest("[data-label]");
  const head = place?.closest("tr")?.querySelector("th[scope=row]");
  return [(head?.dataset.rowName ?? head?.textContent)?.trim(), place?.dataset.label ?? name].filter(Boolean).join(": ");
}

function comparison(entries, draft) {
  const found = byName();
  const table = element("table", "", { className: "data-table data-table-wrap" });
  table.append(element("caption", "What differs", { className: "visually-hidden" }));
  const head = table.createTHead().insertRow();
  const columns = ["Item", "On this page", "What you had typed", ...(takesEntries ? ["Bring back"] : [])];
  head.append(...columns.map((text) => element("th", text, { scope: "col" })));
  const body = table.createTBody();
  for (const [name, value] of entries) {
    const group = found.get(name);
    const label = group ? labelOf(name, group) : draft.words?.[name]?.label ?? name;
    const typed = group ? shown(group, value) : draft.words?.[name]?.text ?? value;
    const row = body.insertRow();
    row.append(element("th", label, { scope: "row" }), element("td", (group && shown(group, valueOf(group))) || (group ? "empty" : "–")), element("td", typed || "empty"));
    if (!takesEntries) continue;
    const tick = element("input", "", { type: "checkbox", checked: true, className: "form-check-input" });
    tick.setAttribute("aria-label", `Bring back ${label}`);
    tick.dataset.entry = name;
    row.insertCell().append(tick);
  }
  const region = element("div", "", { className: "table-region", tabIndex: 0 });
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "What differs");
  region.append(table);
  return region;
}

function sentence(draft) {
  const older = !draft.after && draft.version !== form.dataset.version;
  const said = `What you typed ${draft.after ? "after your last save, " : "here "}until ${moment(draft.at)}${draft.after ? "," : ""} was not saved.`;
  if (!takesEntries) return `${said} The form takes no entries now: it stays here until you throw it away.`;
  return older ? `${said} The form has been saved by somebody since: compare before you save.` : said;
}

// It stays in its item until it is decided on, whatever is typed and saved meanwhile.
function offer(draft, item) {
  const now = values();
  const entries = typedIn(draft).filter(([name, value]) => value !== (now[name] ?? ""));
  if (!entries.length) { store.removeItem(item); return; }
  const ticked = () => [...box.querySelectorAll("[data-entry]:checked")].map((one) => one.dataset.entry);
  const away = () => { store.removeItem(item); box.remove(); };
  const back = async () => {
    const names = ticked();
    restore(entries.filter(([name]) => names.includes(name)));
    // First kept as what is typed now, then taken from where it was.
    kept = "";
    await keep();
    away();
  };
  const choices = element("div", "", { className: "cluster" });
  if (takesEntries) choices.append(button("Bring it back", "btn-primary", back));
  choices.append(button("Throw it away", "btn-outline-primary", away));
  const box = notice([words(sentence(draft)), comparison(entries, draft), choices]);
  form.before(box);
}

// A save whose answer never came may be in the record all the same.
async function arrived(draft) {
  if (!draft.pending) return null;
  const answer = await fetch(`/saves/${draft.pending.key}/`, { headers: { Accept: "application/json" }, redirect: "manual" });
  return answer.ok ? answer.json() : null;
}

// The items of this form, and those typed before it was there: somebody may have begun it meanwhile.
function items() {
  const starts = [form.dataset.key, form.dataset.newKey].filter(Boolean).map(startOf);
  return Object.keys(store).filter((key) => starts.some((start) => key.startsWith(start)));
}

// Items had no sitting once, and held a list.
async function divide() {
  const old = startOf(form.dataset.key).slice(0, -1);
  const drafts = await unseal(JSON.parse(store.getItem(old) ?? "null") ?? { plain: "[]" }).catch(() => []);
  for (const draft of drafts) await write(draft, startOf(form.dataset.key) + newId());
  store.removeItem(old);
}

async function begin() {
  await divide();
  const typedElsewhere = await alive();
  for (const item of items()) {
    const draft = await unseal(JSON.parse(store.getItem(item))).catch(() => null);
    if (!draft) store.removeItem(item);
    // What was refused stands in the page and is saved nowhere: it goes on counting as typed.
    else if (item === own) base = draft.base;
    else if (typedElsewhere.has(item)) form.before(notice([words("Another tab of this browser holds typing in this form that is not saved yet.")]));
    else await consider(draft, item);
  }
}

async function consider(draft, item) {
  const there = await arrived(draft).catch(() => null);
  if (there) Object.assign(draft, { base: draft.pending.values, pending: null, after: true });
  if (there && there.key !== form.dataset.key) await elsewhere(draft, there, item);
  else offer(draft, item);
}

// The first save of a form did arrive: what was typed after it belongs to the form that it made.
async function elsewhere(draft, there, item) {
  if (typedIn(draft).length) await write(draft, startOf(there.key) + newId());
  store.removeItem(item);
  const link = element("a", "Open it", { href: there.url });
  form.before(notice([words(`Your last save of this form did arrive, at or after ${moment(draft.at)}. `), link]));
}

form.addEventListener("input", () => keep());
setInterval(keep, 3000);
window.addEventListener("pagehide", keep);
form.addEventListener("edc:saving", (event) => {
  // Sent again by the same key: what may have come through is what was sent first.
  if (pending?.key !== event.detail.key) pending = { key: event.detail.key, values: values() };
  kept = "";
  event.detail.kept = keep();
});
form.addEventListener("edc:saved", () => { pending = null; base = values(); kept = JSON.stringify(base); write(null); });
form.addEventListener("edc:refused", (event) => { if (!event.detail.open) pending = null; kept = ""; keep(); });
form.addEventListener("edc:arrived", (event) => {
  const draft = { ...draftOf(values()), base: pending.values, pending: null, after: true };
  pending = null;
  event.detail.kept = Promise.all([write(null), typedIn(draft).length && write(draft, startOf(event.detail.key) + newId())]);
});
// A page that is only put aside, for the way back, types no more.
window.addEventListener("pagehide", () => { release?.(); release = null; });
window.addEventListener("pageshow", (event) => { if (event.persisted && store.getItem(own)) hold(); });
begin().finally(() => { ready = true; keep(); });
