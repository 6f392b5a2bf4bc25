// What every page needs: dialogs by button, drafts removed once saved or logged out, the rail folded on narrow screens.
const user = document.body.dataset.user;
const PREFIX = "edc-draft:";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

const keysOf = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start));

// The server says which forms it has saved: a message tagged "saved:KEY".
for (const element of document.querySelectorAll("[data-tags]")) {
  for (const tag of element.dataset.tags.split(" ")) {
    if (tag.startsWith("saved:")) localStorage.removeItem(`${PREFIX}${user}:${tag.slice(6)}`);
  }
}

// Whoever logs out on purpose leaves no clinical data behind in a shared browser; a time-out keeps it.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-log-out]")) keysOf(`${PREFIX}${user}:`).forEach((key) => localStorage.removeItem(key));
});

const WEEK = 7 * 24 * 3600 * 1000;
for (const key of keysOf(PREFIX)) {
  try {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > WEEK) localStorage.removeItem(key);
  } catch {
    localStorage.removeItem(key);
  }
}

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
