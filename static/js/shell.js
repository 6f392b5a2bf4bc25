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
