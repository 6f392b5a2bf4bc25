// Says every 20 seconds that the form is open here, and shows who else has it open.
const form = document.querySelector("form[data-form]");
const box = document.querySelector("[data-here]");
const EVERY = 20000;
let typed = false;

const token = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? form.elements.csrfmiddlewaretoken.value;

async function beat() {
  if (document.visibilityState === "hidden") return;
  const headers = { "X-CSRFToken": token() };
  // Only whoever types is busy; a page that is merely open signs out in time.
  if (!typed) headers["X-Background"] = "here";
  typed = false;
  const answer = await fetch(box.dataset.here, { method: "POST", headers, body: new URLSearchParams({ key: form.dataset.key }), redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    clearInterval(beating);
    form.dispatchEvent(new CustomEvent("edc:signed-out"));
  } else if (answer?.ok) {
    const now = await answer.text();
    if (now.trim() !== box.innerHTML.trim()) box.innerHTML = now;
  }
  box.toggleAttribute("data-offline", !answer);
}

form.addEventListener("input", () => { typed = true; });
document.addEventListener("visibilitychange", beat);
const beating = setInterval(beat, EVERY);
beat();
