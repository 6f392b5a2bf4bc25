// Keeps what is being typed in this browser, and offers it again, beside what the page shows, when it was not saved.
// It is sealed with a key that only pages of the same user carry: the next person at this computer cannot read it.
const form = document.querySelector("form[data-form]");
const keyFor = (name) => `edc-draft:${document.body.dataset.user}:${name}`;
const SKIPPED = ["csrfmiddlewaretoken", "version", "opened_by", "change_reason", "change_reason_text", "action"];
// Without a secure connection a browser seals nothing: what is typed then lives as long as its tab.
const store = window.crypto.subtle ? localStorage : sessionStorage;
const state = form.querySelector("[data-draft-state]");
const clock = (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
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

async function seal(drafts) {
  const plain = JSON.stringify(drafts);
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

// What was offered and not decided on stays beside what is typed now.
let base = values();
let undecided = [];
let pending = null;
let kept = JSON.stringify(base);
let ready = false;
let turn = 0;
const written = new Map();

async function write(name, drafts) {
  const mine = ++turn;
  const sealed = drafts.length ? await seal(drafts) : null;
  if (mine < (written.get(name) ?? 0)) return;
  written.set(name, mine);
  if (!sealed) { store.removeItem(keyFor(name)); return; }
  const path = name === form.dataset.key ? location.pathname + location.search : `/forms/${name.split("-")[1]}/`;
  store.setItem(keyFor(name), JSON.stringify({ at: Date.now(), path, title: document.querySelector("h1").textContent.trim(), ...sealed }));
}

const draftOf = (now) => ({ at: Date.now(), version: form.dataset.version, base, values: now, pending });

async function keep() {
  const now = values();
  if (!ready || JSON.stringify(now) === kept) return;
  kept = JSON.stringify(now);
  const untouched = kept === JSON.stringify(base) && !pending;
  try {
    await write(form.dataset.key, untouched ? undecided : [draftOf(now), ...undecided]);
    say(untouched ? "" : `Not saved yet; kept in this browser at ${clock(Date.now()).slice(11)} UTC`);
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

function comparison(entries) {
  const found = byName();
  const table = element("table", "", { className: "data-table data-table-wrap" });
  table.append(element("caption", "What differs", { className: "visually-hidden" }));
  const head = table.createTHead().insertRow();
  head.append(...["Item", "On this page", "What you had typed", "Bring back"].map((text) => element("th", text, { scope: "col" })));
  const body = table.createTBody();
  for (const [name, value] of entries) {
    const group = found.get(name);
    const row = body.insertRow();
    const tick = element("input", "", { type: "checkbox", checked: true, className: "form-check-input" });
    tick.setAttribute("aria-label", `Bring back ${labelOf(name, group)}`);
    tick.dataset.entry = name;
    row.append(element("th", labelOf(name, group), { scope: "row" }), element("td", (group && shown(group, valueOf(group))) || "empty"), element("td", shown(group, value) || "empty"));
    row.insertCell().append(tick);
  }
  const region = element("div", "", { className: "table-region", tabIndex: 0 });
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "What differs");
  region.append(table);
  return region;
}

function offer(draft) {
  const now = values();
  const entries = typedIn(draft).filter(([name, value]) => value !== (now[name] ?? ""));
  if (!entries.length) return;
  undecided.push(draft);
  const older = !draft.after && draft.version !== form.dataset.version;
  const decide = () => {
    undecided = undecided.filter((one) => one !== draft);
    box.remove();
    kept = "";
    keep();
  };
  const ticked = () => [...box.querySelectorAll("[data-entry]:checked")].map((one) => one.dataset.entry);
  const choices = element("div", "", { className: "cluster" });
  choices.append(
    button("Bring it back", "btn-primary", () => { const names = ticked(); restore(entries.filter(([name]) => names.includes(name))); decide(); }),
    button("Throw it away", "btn-outline-primary", decide),
  );
  const box = notice([
    words(`What you typed ${draft.after ? "after your last save, " : "here "}until ${clock(draft.at)} UTC${draft.after ? "," : ""} was not saved.${older ? " The form has been saved by somebody since: compare before you save." : ""}`),
    comparison(entries),
    choices,
  ]);
  form.before(box);
}

// A save whose answer never came may be in the record all the same.
async function arrived(draft) {
  if (!draft.pending) return null;
  const answer = await fetch(`/saves/${draft.pending.key}/`, { headers: { Accept: "application/json" }, redirect: "manual" });
  return answer.ok ? answer.json() : null;
}

async function begin() {
  const stored = JSON.parse(store.getItem(keyFor(form.dataset.key)) ?? "null");
  if (!stored) return;
  const drafts = await unseal(stored);
  // What was refused stands in the page and is saved nowhere: it goes on counting as typed.
  if (form.dataset.refused !== undefined && drafts[0]) base = drafts[0].base;
  for (const draft of drafts) {
    const there = await arrived(draft).catch(() => null);
    if (there) Object.assign(draft, { base: draft.pending.values, pending: null, after: true });
    if (there && there.key !== form.dataset.key) elsewhere(draft, there);
    else offer(draft);
  }
  await write(form.dataset.key, undecided);
}

// The first save of a form did arrive: what was typed after it belongs to the form that it made.
function elsewhere(draft, there) {
  if (typedIn(draft).length) write(there.key, [draft]);
  const link = element("a", "Open it", { href: there.url });
  form.before(notice([words(`Your last save of this form did arrive, at or after ${clock(draft.at)} UTC. `), link]));
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
form.addEventListener("edc:saved", () => { pending = null; base = values(); kept = JSON.stringify(base); write(form.dataset.key, undecided); });
form.addEventListener("edc:refused", (event) => { if (!event.detail.open) pending = null; kept = ""; keep(); });
form.addEventListener("edc:arrived", (event) => {
  const draft = { ...draftOf(values()), base: pending.values, pending: null, after: true };
  pending = null;
  event.detail.kept = Promise.all([write(form.dataset.key, undecided), typedIn(draft).length && write(event.detail.key, [draft])]);
});
begin().catch(() => store.removeItem(keyFor(form.dataset.key))).finally(() => { ready = true; keep(); });
