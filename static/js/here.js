// Says every 20 seconds that the form is open here, and shows who else has it open.
import { form, token } from "./case-form.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-here]"));
const EVERY = 20_000;
let typed = false;

function post() {
  /** @type {Record<string, string>} */
  const headers = { "X-CSRFToken": token() };
  // Only whoever types is busy; a page that is merely open signs out in time.
  if (!typed) headers["X-Background"] = "here";
  typed = false;
  const body = new URLSearchParams({ key: form.dataset.key ?? "" });
  return fetch(box.dataset.here ?? "", { method: "POST", headers, body, redirect: "manual" }).catch(() => null);
}

async function beat() {
  if (document.visibilityState === "hidden") return;
  const response = await post();
  if (response?.type === "opaqueredirect") {
    clearInterval(beating);
    form.dispatchEvent(new CustomEvent("edc:signed-out"));
  } else if (response?.ok) {
    const now = await response.text();
    if (now.trim() !== box.innerHTML.trim()) box.innerHTML = now;
  }
  box.toggleAttribute("data-offline", !response);
}

form.addEventListener("input", () => { typed = true; });
document.addEventListener("visibilitychange", beat);
const beating = setInterval(beat, EVERY);
beat();
