// What every page needs: dialogs by button, drafts removed once saved or too old, the rail folded on narrow screens.
const user = document.body.dataset.user;
const PREFIX = "edc-draft:";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// What is folded on the screen is read on paper too.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details.visit-group:not([open])")) {
    folded.open = true;
    addEventListener("afterprint", () => (folded.open = false), { once: true });
  }
});

const keysOf = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start));

// The server says which forms it has saved: a message tagged "saved:KEY".
for (const element of document.querySelectorAll("[data-tags]")) {
  for (const tag of element.dataset.tags.split(" ")) {
    if (!tag.startsWith("saved:")) continue;
    // Only what this tab typed there: what nobody has decided on, and what other tabs hold, is not in that save.
    const start = `${PREFIX}${user}:${tag.slice(6)}:`;
    const sitting = sessionStorage.getItem(`edc-sitting:${start}`);
    for (const kept of [localStorage, sessionStorage]) kept.removeItem(start + sitting);
  }
}

// Drafts are sealed for their user and outlast a log-out. Where the browser could not seal them, none stays behind.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-log-out]")) sessionStorage.clear();
});

// What is damaged can be offered to nobody; all else stays until its user decides on it.
for (const key of keysOf(PREFIX)) {
  try {
    JSON.parse(localStorage.getItem(key));
  } catch {
    localStorage.removeItem(key);
  }
}

// Where no form is open, what was typed in this browser and not saved: after a crash nobody remembers where it was.
function drafts() {
  const kept = [localStorage, sessionStorage].flatMap((store) => Object.keys(store).filter((key) => key.startsWith(`${PREFIX}${user}:`))
    .map((key) => ({ store, key, ...JSON.parse(store.getItem(key)) })));
  return kept.filter((draft) => draft.path).sort((one, other) => other.at - one.at);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function moment(at) {
  const on = new Date(at);
  return `${on.getUTCDate()} ${MONTHS[on.getUTCMonth()]} ${on.getUTCFullYear()} ${on.toISOString().slice(11, 16)} UTC`;
}

function unsavedLine(draft, isOpen, away) {
  const line = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: draft.path, textContent: draft.where ?? draft.title });
  line.append(link, ` (${moment(draft.at)}) `);
  if (isOpen) { line.append("open in another tab"); return line; }
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-primary btn-sm", textContent: "Throw away" });
  button.setAttribute("aria-label", `Throw away what was typed: ${link.textContent}`);
  button.addEventListener("click", () => {
    if (!confirm(`What you typed in “${link.textContent}” is kept nowhere else. Throw it away?`)) return;
    draft.store.removeItem(draft.key);
    away(line);
  });
  line.append(button);
  return line;
}

async function unsaved() {
  const found = user && !document.querySelector("form[data-form]") ? drafts() : [];
  if (!found.length) return;
  const held = new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name));
  const box = document.createElement("div");
  box.className = "frame";
  box.setAttribute("role", "status");
  const notice = document.createElement("div");
  notice.className = "notice notice-warning";
  const words = document.createElement("div");
  const list = Object.assign(document.createElement("ul"), { className: "unsaved" });
  const away = (line) => { line.remove(); if (!list.children.length) box.remove(); };
  list.append(...found.map((draft) => unsavedLine(draft, held.has(draft.key), away)));
  words.append("What you typed did not reach the server, and is kept in this browser:", list);
  notice.append(words);
  box.append(notice);
  document.getElementById("main").prepend(box);
}
unsaved();

const rail = document.querySelector("[data-rail]");
// Beside the form it stands open, over it folded: also where the window is made narrow, or the telephone turned.
const isNarrow = window.matchMedia("(max-width: 991px)");
const foldRail = () => { rail.open = !isNarrow.matches; };
if (rail && isNarrow.matches) foldRail();
if (rail) isNarrow.addEventListener("change", foldRail);
// Of a long list the form that is open stands in its middle; the page itself stays where it is.
function toCurrent() {
  const here = rail.querySelector("[aria-current]");
  if (here) rail.scrollTop += here.getBoundingClientRect().top - rail.getBoundingClientRect().top - rail.clientHeight / 2;
}
if (rail) {
  toCurrent();
  rail.addEventListener("toggle", () => { if (rail.open) toCurrent(); });
}

// A fragment that did not come is said, in words: silence would look like success.
function complain(words) {
  const box = document.createElement("div");
  box.className = "frame";
  box.setAttribute("role", "alert");
  box.dataset.complaint = "";
  const notice = document.createElement("div");
  notice.className = "notice notice-danger";
  notice.textContent = words;
  box.append(notice);
  document.querySelector("[data-complaint]")?.remove();
  document.getElementById("main").prepend(box);
}

const WORDS = {
  403: "You have no access to this page.",
  404: "This is no longer there for you.",
  409: "Somebody saved this in the meantime. Load the page again; what you typed is kept in this browser.",
  423: "This record takes no entries now.",
  429: "Too many requests in a short time. Wait a minute and try again.",
};
document.addEventListener("htmx:responseError", (event) => {
  complain(WORDS[event.detail.xhr.status] ?? `The server could not answer (${event.detail.xhr.status}). Try again.`);
});
document.addEventListener("htmx:sendError", () => complain("There is no connection to the server. What you type is kept in this browser."));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.querySelector("[data-complaint]")?.remove();
});

// "t" stands for today: said at once, so that what is kept until tomorrow does not become another day.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-today]") && /^\s*t(oday)?\s*$/i.test(event.target.value)) event.target.value = event.target.dataset.today;
}, { capture: true });
