// Sends a form, and again while the server cannot be reached. Each try has the same key, so that it counts once.
import { attempt, request } from "./attempt.js";
import { form, inputOf, randomHex, state } from "./case-form.js";
import { edited } from "./edited.js";
import { make } from "./elements.js";
import { again, forgetTrouble, offerOnce, trouble } from "./save-trouble.js";

const foot = /** @type {HTMLElement} */ (form.querySelector(".form-foot"));
const panel = /** @type {HTMLElement} */ (form.querySelector(".panel"));
/** @type {Record<number, string>} */
const WORDS = {
  403: "you have no permission for this, or the page is out of date",
  404: "this form is no longer available to you",
  413: "it is too large",
  429: "too many requests came in a short time",
};
// The server has found nothing wrong with a change, and asks why it is made.
const REASON_NEEDED = 428;
// What somebody else saved, or who locked it, only the server's own page can show beside what was typed.
const FOR_THE_PAGE = [409, 422, 423, REASON_NEEDED];
/** @type {FormData | null} */
let unconfirmed = null;
let sending = false;
/** @type {HTMLElement | null} */
let submitter = null;

/** A UUID's shape. */
const newKey = () => randomHex(16).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/**
 * Tell the form's other scripts, and return what one of them made of it.
 * @template {object} Detail
 * @param {string} name
 * @param {Detail} [detail]
 */
function tell(name, detail) {
  const sent = /** @type {Detail & { kept?: unknown }} */ (detail ?? {});
  form.dispatchEvent(new CustomEvent(`edc:${name}`, { detail: sent }));
  return sent.kept;
}

/** @param {string} text */
function say(text) {
  if (state) state.textContent = text;
}

/** @param {boolean} on */
function busy(on) {
  sending = on;
  panel.inert = on;
  form.toggleAttribute("data-saving", on);
  form.setAttribute("aria-busy", String(on));
  for (const button of foot.querySelectorAll("button[type=submit], button[data-dialog]")) {
    /** @type {HTMLButtonElement} */ (button).disabled = on;
  }
  if (on) say("Saving …");
}

/** @param {FormData} data */
async function send(data) {
  busy(true);
  await tell("saving", { key: data.get("save_key") });
  for (let failed = 0; ; failed += 1) {
    const response = await attempt(data);
    if (response) return finish(response, data);
    if (!(await again(failed))) return giveUp(data);
  }
}

/** @param {Response} response @param {FormData} data */
async function finish(response, data) {
  forgetTrouble();
  if (response.type === "opaqueredirect") signedOut();
  else if (response.ok) done(await response.json(), data);
  else refuse(response.status, response.status === 422 ? await response.text() : "", data);
}

/** @param {number} status @param {string} page @param {FormData} data */
function refuse(status, page, data) {
  tell("refused", { open: Boolean(unconfirmed) });
  busy(false);
  if (status === REASON_NEEDED && tell("reason", { submitter })) return;
  if (page && tell("answered", { html: page })) notYet();
  else if (FOR_THE_PAGE.includes(status)) postAsPage(data);
  else stop(`Not saved: ${WORDS[status] ?? `the server failed (${status})`}.`, [offerOnce("Try again", () => send(data))]);
}

function notYet() {
  tell("stopped");
  say("Not saved; kept in this browser");
}

/**
 * The first of two with one key may have come through before: what was typed since is then offered beside it.
 * @param {{ url: string, arrived?: string }} save
 * @param {FormData} data
 */
function done(save, data) {
  if (save.arrived) elsewhere(save.url, save.arrived);
  else saved(save.url, data);
}

/** @param {string} url @param {string} key */
async function elsewhere(url, key) {
  await tell("arrived", { key });
  tell("leaving");
  location.assign(url);
}

/** @param {string} url @param {FormData} data */
function saved(url, data) {
  tell("saved");
  tell("leaving");
  const id = document.getElementById(form.dataset.focused ?? "")?.id;
  if (data.get("action") !== "next" && id) sessionStorage.setItem("edc-focus", JSON.stringify({ path: url, id }));
  location.assign(url);
}

/** @param {FormData} data */
function postAsPage(data) {
  tell("leaving");
  inputOf("edited")?.remove();
  for (const name of ["action", "edited"]) {
    form.append(make("input", { type: "hidden", name, value: String(data.get(name)) }));
  }
  HTMLFormElement.prototype.submit.call(form);
}

/** @param {string} words @param {HTMLElement[]} doors */
function stop(words, doors) {
  tell("stopped");
  trouble(words, doors);
}

/** @param {FormData} data */
function giveUp(data) {
  unconfirmed = data;
  busy(false);
  forgetTrouble();
  notYet();
  document.getElementById(form.dataset.focused ?? "")?.focus();
}

function signedOut() {
  tell("refused");
  busy(false);
  tell("leaving");
  const next = new URLSearchParams({ next: location.pathname + location.search });
  const link = make("a", { className: "btn btn-primary btn-sm", href: `/accounts/login/?${next}` }, "Sign in and continue here");
  stop("Not saved: you are signed out.", [link]);
}

/**
 * Before another is sent, whether the save that nobody confirmed came through is asked: two first saves would make two
 * forms of one. Where it did not yet, it may still come: the next one goes by the same key, so that of the two only one
 * counts. Resolves to whether to send.
 */
async function settle() {
  if (!unconfirmed) return true;
  const response = await request(`/saves/${unconfirmed.get("save_key")}/`);
  if (!response) {
    trouble("Not saved: the server cannot be reached.", [offerOnce("Try again", () => form.requestSubmit())]);
    return false;
  }
  if (!response.ok) return true;
  const save = await response.json();
  elsewhere(save.url, save.key);
  return false;
}

function collect() {
  const data = new FormData(form, submitter);
  data.set("save_key", unconfirmed?.get("save_key") ?? newKey());
  if (unconfirmed) data.set("typed_since", "yes");
  data.set("edited", edited(panel));
  return data;
}

form.dataset.sends = "";
form.addEventListener("edc:signed-out", () => { if (!sending) signedOut(); });
form.addEventListener("focusin", (event) => {
  const field = /** @type {Element} */ (event.target);
  if (panel.contains(field)) form.dataset.focused = field.id;
});
form.addEventListener("submit", async (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  if (sending) return;
  submitter = event.submitter;
  const data = collect();
  forgetTrouble();
  if (await settle()) send(data);
});
