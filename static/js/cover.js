// A page that is open when its session ends is emptied: whoever comes next to this computer reads nothing of it.
// What was typed is kept before, sealed for its user (drafts.js), and offered after the next sign-in.
import { inRole, make } from "./elements.js";

const EVERY = 60_000;
const OUT = "edc-signed-out";
const idle = Number(document.body.dataset.idle) * 1000;
let heard = Date.now();

function cover() {
  dispatchEvent(new Event("pagehide"));
  document.querySelector("form[data-form]")?.dispatchEvent(new Event("edc:leaving"));
  clearInterval(clock);
  document.title = "Signed out";
  const next = new URLSearchParams({ next: location.pathname + location.search });
  const link = make("a", { href: `/accounts/login/?${next}` }, "Sign in to continue where you were");
  document.body.replaceChildren(inRole(make("p", { className: "frame" }, "You are signed out. ", link, "."), "alert"));
}

// By a request that keeps nobody signed in. Where nothing answers, the session has ended once nobody could have used it.
async function look() {
  const response = await fetch("/account/", { method: "HEAD", headers: { "X-Background": "1" } }).catch(() => null);
  if (!response) {
    if (Date.now() - heard > idle) cover();
  } else if (new URL(response.url).pathname.startsWith("/accounts/login/")) cover();
  else if (response.ok) heard = Date.now();
}

const clock = setInterval(look, EVERY);
document.addEventListener("submit", (event) => {
  if (/** @type {Element} */ (event.target).matches("[data-log-out]")) localStorage.setItem(OUT, String(Date.now()));
});
// Not in the tab that signs out, which leaves its page by itself.
addEventListener("storage", (event) => {
  if (event.key === OUT) cover();
});
