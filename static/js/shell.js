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
    for (const kept of [localStorage, sessionStorage]) kept.removeItem(`${PREFIX}${user}:${tag.slice(6)}`);
  }
}

// Drafts are sealed for their user and outlast a log-out. Where the browser could not seal them, none stays behind.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-log-out]")) sessionStorage.clear();
});

const WEEK = 7 * 24 * 3600 * 1000;
for (const key of keysOf(PREFIX)) {
  try {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > WEEK) localStorage.removeItem(key);
  } catch {
    localStorage.removeItem(key);
  }
}

// Where no form is open, the forms whose typing was not saved: after a crash nobody remembers which they were.
function unsaved() {
  const found = keysOf(`${PREFIX}${user}:`).map((key) => JSON.parse(localStorage.getItem(key))).filter((kept) => kept.path);
  if (!user || !found.length || document.querySelector("form[data-form]")) return;
  const box = document.createElement("div");
  box.className = "frame";
  box.setAttribute("role", "status");
  const notice = document.createElement("div");
  notice.className = "notice notice-warning";
  const words = document.createElement("div");
  words.append("What you typed did not reach the server, and is kept in this browser: ");
  for (const [number, kept] of found.entries()) {
    const link = document.createElement("a");
    link.href = kept.path;
    link.textContent = kept.title;
    words.append(number ? " · " : "", link, ` (${new Date(kept.at).toISOString().slice(0, 16).replace("T", " ")} UTC)`);
  }
  notice.append(words);
  box.append(notice);
  document.getElementById("main").prepend(box);
}
unsaved();

const rail = document.querySelector("[data-rail]");
if (rail && window.matchMedia("(max-width: 991px)").matches) rail.open = false;

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
  403: "You may look here, but not do this.",
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
