// Says why a save did not come through, with what can be done about it.
import { form, state } from "./case-form.js";
import { button, inRole, make } from "./elements.js";

const PAUSES = [1, 2, 4, 8, 15];
const foot = form.querySelector(".form-foot");
const standing = () => document.querySelector("[data-save-trouble]");

export const forgetTrouble = () => standing()?.remove();

/** @param {string} text @param {() => void} [act] */
export function offerOnce(text, act = () => {}) {
  let isPressed = false;
  return button(text, "btn-outline-primary", () => {
    if (!isPressed) act();
    isPressed = true;
  });
}

/** @param {string} words @param {HTMLElement[]} doors */
export function trouble(words, doors) {
  forgetTrouble();
  const line = inRole(make("p", {}, `${words} What you typed is kept in this browser.`), "alert");
  const box = make("div", { className: "save-trouble" }, line, make("span", { className: "wait" }), ...doors);
  box.dataset.saveTrouble = "";
  foot?.prepend(box);
  if (state) state.textContent = "Not saved";
  doors[0].focus();
  return box;
}

const announceTries = () =>
  trouble("Not saved: the server cannot be reached. Trying again.", [offerOnce("Try now"), offerOnce("Keep typing")]);

/** Count the seconds down in the box, then call. @param {HTMLElement} box @param {number} seconds @param {() => void} call */
function countDown(box, seconds, call) {
  let left = seconds;
  const show = () => {
    const wait = box.querySelector(".wait");
    if (wait) wait.textContent = `Next try in ${left} s.`;
  };
  show();
  return setInterval(() => {
    left -= 1;
    show();
    if (left <= 0) call();
  }, 1000);
}

/**
 * Resolves to whether to try again: after a pause, at a press, or as soon as the browser is on line again.
 * @param {number} failed how many tries have failed before this one
 * @returns {Promise<boolean>}
 */
export function again(failed) {
  return new Promise((resolve) => {
    /** @param {boolean} yes */
    const go = (yes) => {
      clearInterval(ticking);
      window.removeEventListener("online", online);
      resolve(yes);
    };
    const online = () => go(true);
    const box = standing() ?? announceTries();
    const [now, stop] = box.querySelectorAll("button");
    now.onclick = () => go(true);
    stop.onclick = () => go(false);
    const ticking = countDown(box, PAUSES[Math.min(failed, PAUSES.length - 1)], online);
    window.addEventListener("online", online);
  });
}
