// Sends a form, and again while the server cannot be reached. Each try has the same key, so that it counts once.
const form = document.querySelector("form[data-form]");
const foot = form.querySelector(".form-foot");
const panel = form.querySelector(".panel");
const state = form.querySelector("[data-draft-state]");
const PAUSES = [1, 2, 4, 8, 15];
const PATIENCE = 30000;
const DOWN = [502, 503, 504];
const WORDS = {
  403: "you may not do this, or the page is too old",
  404: "this form is no longer there for you",
  413: "it is too large",
  429: "too many requests came in a short time",
};
// The server has found nothing wrong with a change, and asks why it is made.
const REASON_NEEDED = 428;
form.dataset.sends = "";
let unconfirmed = null;
let sending = false;
let submitter = null;

function newKey() {
  const digits = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function tell(name, detail = {}) {
  form.dispatchEvent(new CustomEvent(`edc:${name}`, { detail }));
  return detail.kept;
}

function busy(on) {
  sending = on;
  panel.inert = on;
  form.toggleAttribute("data-saving", on);
  form.setAttribute("aria-busy", on);
  for (const one of foot.querySelectorAll("button[type=submit], button[data-dialog]")) one.disabled = on;
  if (on && state) state.textContent = "Saving …";
}

// Another tab may have signed in again since: its token counts, and the server compares who opened this page.
function refreshToken(data) {
  const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (!token) return;
  form.elements.csrfmiddlewaretoken.value = token;
  data.set("csrfmiddlewaretoken", token);
}

async function attempt(data) {
  refreshToken(data);
  const answer = await fetch(location.href, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (DOWN.includes(answer.status)) throw new Error("the server is not up");
  return answer;
}

async function send(data) {
  busy(true);
  await tell("saving", { key: data.get("save_key") });
  for (let failed = 0; ; failed += 1) {
    const answer = await attempt(data).catch(() => null);
    if (answer) { finish(answer, data); return; }
    if (!(await again(failed))) { giveUp(data); return; }
  }
}

async function finish(answer, data) {
  document.querySelector("[data-save-trouble]")?.remove();
  if (answer.type === "opaqueredirect") { signedOut(); return; }
  if (answer.ok) { done(await answer.json(), data); return; }
  const page = answer.status === 422 ? await answer.text() : "";
  tell("refused", { open: Boolean(unconfirmed) });
  busy(false);
  if (answer.status === REASON_NEEDED && tell("reason", { submitter })) return;
  if (page && tell("answered", { html: page })) { notYet(); return; }
  // What somebody else saved, or who locked it, only the server's own page can show beside what was typed.
  if ([409, 422, 423, REASON_NEEDED].includes(answer.status)) postAsPage(data);
  else stop(`Not saved: ${WORDS[answer.status] ?? `the server failed (${answer.status})`}.`, [tryAgain(data)]);
}

function notYet() {
  tell("stopped");
  if (state) state.textContent = "Not saved; kept in this browser";
}

// The first of two with one key may have come through before: what was typed since is then offered beside it.
function done(told, data) {
  if (told.arrived) elsewhere(told.url, told.arrived);
  else saved(told.url, data);
}

async function elsewhere(url, key) {
  await tell("arrived", { key });
  tell("leaving");
  location.assign(url);
}

function saved(url, data) {
  tell("saved");
  tell("leaving");
  const focused = document.querySelector(`[id="${form.dataset.focused ?? ""}"]`)?.id;
  if (data.get("action") !== "next" && focused) sessionStorage.setItem("edc-focus", JSON.stringify({ path: url, id: focused }));
  location.assign(url);
}

function postAsPage(data) {
  tell("leaving");
  form.elements.edited?.remove();
  for (const name of ["action", "edited"]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: data.get(name) }));
  }
  HTMLFormElement.prototype.submit.call(form);
}

// --- Trouble ---------------------------------------------------------------------------------------------------------
function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-outline-primary btn-sm", textContent: text });
  made.addEventListener("click", act, { once: true });
  return made;
}

function trouble(words, doors) {
  document.querySelector("[data-save-trouble]")?.remove();
  const box = document.createElement("div");
  box.className = "save-trouble";
  box.dataset.saveTrouble = "";
  const said = Object.assign(document.createElement("p"), { textContent: `${words} What you typed is kept in this browser.` });
  said.setAttribute("role", "alert");
  box.append(said, Object.assign(document.createElement("span"), { className: "wait" }), ...doors);
  foot.prepend(box);
  if (state) state.textContent = "Not saved";
  doors[0].focus();
  return box;
}

const tryAgain = (data) => button("Try again", () => send(data));

// Resolves to whether to try again: after a pause, at a press, or as soon as the browser is on line again.
function again(failed) {
  return new Promise((resolve) => {
    let left = PAUSES[Math.min(failed, PAUSES.length - 1)];
    const go = (yes) => { clearInterval(ticking); window.removeEventListener("online", online); resolve(yes); };
    const online = () => go(true);
    const standing = document.querySelector("[data-save-trouble]");
    const box = standing ?? trouble("Not saved: the server cannot be reached. Trying again.", [button("Try now", () => {}), button("Keep typing", () => {})]);
    const [now, stop] = box.querySelectorAll("button");
    now.onclick = () => go(true);
    stop.onclick = () => go(false);
    const count = () => { box.querySelector(".wait").textContent = `Next try in ${left} s.`; };
    const ticking = setInterval(() => { left -= 1; count(); if (left <= 0) go(true); }, 1000);
    window.addEventListener("online", online);
    count();
  });
}

function stop(words, doors) {
  tell("stopped");
  trouble(words, doors);
}

function giveUp(data) {
  unconfirmed = data;
  busy(false);
  tell("stopped");
  document.querySelector("[data-save-trouble]")?.remove();
  if (state) state.textContent = "Not saved; kept in this browser";
  document.getElementById(form.dataset.focused)?.focus();
}

function signedOut() {
  tell("refused");
  busy(false);
  tell("leaving");
  const link = Object.assign(document.createElement("a"), { className: "btn btn-primary btn-sm", textContent: "Sign in and go on here" });
  link.href = `/accounts/login/?${new URLSearchParams({ next: location.pathname + location.search })}`;
  stop("Not saved: you are signed out.", [link]);
}

// --- The save that nobody confirmed ------------------------------------------------------------------------------------
// Before another is sent, whether it came through is asked: two first saves would make two forms of one. Where it did
// not yet, it may still be on its way: the next one goes by the same key, so that of the two only one counts.
async function settle() {
  if (!unconfirmed) return true;
  const answer = await fetch(`/saves/${unconfirmed.get("save_key")}/`, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  if (!answer || DOWN.includes(answer.status)) { trouble("Not saved: the server cannot be reached.", [button("Try again", () => form.requestSubmit())]); return false; }
  if (!answer.ok) return true;
  const there = await answer.json();
  elsewhere(there.url, there.key);
  return false;
}

// What was typed since the form came, or before it was refused: of two versions only that is mine.
const isEdited = (one) => (["radio", "checkbox"].includes(one.type) ? one.checked !== one.defaultChecked
  : one.tagName === "SELECT" ? [...one.options].some((option) => option.selected !== option.defaultSelected && (option.selected || one.querySelector("[selected]")))
    : one.value !== one.defaultValue);

function edited() {
  const before = form.elements.edited?.value.split(" ") ?? [];
  return [...new Set([...before, ...[...panel.querySelectorAll("[name]")].filter(isEdited).map((one) => one.name)])].join(" ").trim();
}

form.addEventListener("edc:signed-out", () => { if (!sending) signedOut(); });
form.addEventListener("focusin", (event) => { if (panel.contains(event.target)) form.dataset.focused = event.target.id; });
form.addEventListener("submit", async (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  if (sending) return;
  submitter = event.submitter;
  const data = new FormData(form, submitter);
  data.set("save_key", unconfirmed?.get("save_key") ?? newKey());
  if (unconfirmed) data.set("typed_since", "yes");
  data.set("edited", edited());
  document.querySelector("[data-save-trouble]")?.remove();
  if (await settle()) send(data);
});
