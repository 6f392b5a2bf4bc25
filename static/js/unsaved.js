// Lists, where no form is open, what was typed in this browser and not saved: after a crash nobody remembers where it was.
import { button, make, notice, putOnTop } from "./elements.js";
import { heldByTabs, ofThisUser } from "./kept.js";
import { moment } from "./moments.js";

/** @typedef {Sealed & { store: Storage, key: string }} Unsaved */

/** @param {Storage} store @returns {Unsaved[]} */
const keptIn = (store) => ofThisUser(store).map((key) => ({ store, key, ...JSON.parse(store.getItem(key) ?? "") }));

function all() {
  const kept = [localStorage, sessionStorage].flatMap(keptIn);
  return kept.filter((draft) => draft.path).sort((a, b) => b.at - a.at);
}

/** @param {Unsaved} draft @param {string} where @param {() => void} away */
function discardButton(draft, where, away) {
  const made = button("Discard", "btn-outline-primary", () => {
    if (!confirm(`What you typed in “${where}” is kept nowhere else. Discard it?`)) return;
    draft.store.removeItem(draft.key);
    away();
  });
  made.setAttribute("aria-label", `Discard what was typed: ${where}`);
  return made;
}

/** @param {Unsaved} draft @param {boolean} isOpen whether a tab holds it @param {(line: HTMLElement) => void} away */
function line(draft, isOpen, away) {
  const where = draft.where ?? draft.title ?? "";
  const made = make("li", {}, make("a", { href: draft.path }, where), ` (${moment(draft.at)}) `);
  made.append(isOpen ? "open in another tab" : discardButton(draft, where, () => away(made)));
  return made;
}

export async function listUnsaved() {
  const drafts = all();
  if (!drafts.length) return;
  const held = await heldByTabs();
  const list = make("ul", { className: "unsaved" });
  const words = make("div", {}, "What you typed did not reach the server, and is kept in this browser:", list);
  const box = putOnTop("status", notice("warning", words));
  /** @param {HTMLElement} gone */
  const away = (gone) => {
    gone.remove();
    if (!list.children.length) box.remove();
  };
  list.append(...drafts.map((draft) => line(draft, held.has(draft.key), away)));
}
