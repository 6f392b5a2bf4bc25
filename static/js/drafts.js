// Keeps what is being typed in this browser every three seconds, and offers it again when it did not reach the server.
const form = document.querySelector("form[data-form]");
const key = `edc-draft:${document.body.dataset.user}:${form.dataset.key}`;
const state = form.querySelector("[data-draft-state]");
const SKIPPED = ["csrfmiddlewaretoken", "version", "change_reason", "change_reason_text", "action"];
const atLoad = JSON.stringify(values());
let kept = atLoad;

const clock = (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ");

function controls() {
  return [...form.elements].filter((one) => one.name && !SKIPPED.includes(one.name) && !["hidden", "password", "file", "submit"].includes(one.type));
}

// A row that was saved is known by its name, not by its place: since then another may have come before it.
function nameOf(one) {
  const [, rows, number, item] = /^(.+)-(\d+)-(.+)$/.exec(one.name) ?? [];
  const row = rows && (form.elements[`${rows}-${number}-label`]?.value || form.elements[`${rows}-${number}-row`]?.value);
  return row ? `${rows}[${row}]-${item}` : one.name;
}

function values() {
  return controls().map((one) => [nameOf(one), one.value, ["radio", "checkbox"].includes(one.type) ? one.checked : null]);
}

function keep() {
  const now = JSON.stringify(values());
  if (now === kept) return;
  kept = now;
  const at = Date.now();
  try {
    localStorage.setItem(key, JSON.stringify({ at, version: form.dataset.version, values: JSON.parse(now) }));
    if (state) state.textContent = `Not saved yet; kept in this browser at ${clock(at).slice(11)} UTC`;
  } catch {
    if (state) state.textContent = "Not saved yet; this browser has no room to keep it";
  }
}

// Rows that were added while typing have to be there first: whoever adds rows listens for "edc:restore" on the form.
function restore(draft) {
  form.dispatchEvent(new CustomEvent("edc:restore", { detail: { names: draft.values.map(([name]) => name) } }));
  const known = controls();
  const homeless = [];
  for (const [name, value, checked] of draft.values) {
    const same = known.filter((one) => nameOf(one) === name);
    const one = checked === null ? same[0] : same.find((other) => other.value === value);
    if (!one || one.disabled) {
      if (value && checked !== false) homeless.push(value);
    } else if (checked === null ? one.value !== value : one.checked !== checked) {
      if (checked === null) one.value = value;
      else one.checked = checked;
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  if (homeless.length) form.before(notice([`There is no field any more for what you had typed: ${homeless.join(" · ")}`]));
}

function notice(parts) {
  const box = document.createElement("div");
  box.className = "notice notice-warning";
  box.setAttribute("role", "status");
  const words = document.createElement("div");
  words.className = "cluster";
  words.append(...parts);
  box.append(words);
  return box;
}

function button(words, look, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `btn btn-sm ${look}`;
  element.textContent = words;
  element.addEventListener("click", act);
  return element;
}

function offer(draft) {
  const older = draft.version !== form.dataset.version;
  const box = notice([
    `What you typed here until ${clock(draft.at)} UTC was not saved.${older ? " The form has been saved by somebody since: compare before you save." : ""}`,
    button("Bring it back", "btn-primary", () => { restore(draft); box.remove(); }),
    button("Throw it away", "btn-outline-primary", () => { localStorage.removeItem(key); box.remove(); }),
  ]);
  form.before(box);
}

const stored = localStorage.getItem(key);
if (stored) {
  const draft = JSON.parse(stored);
  if (JSON.stringify(draft.values) === atLoad) localStorage.removeItem(key);
  else offer(draft);
}
setInterval(keep, 3000);
window.addEventListener("pagehide", keep);
