// Where typing that was not saved is kept in this browser: by its user, its form, and the sitting at that form.
const PREFIX = "edc-draft:";
const user = document.body.dataset.user ?? "";

/** @param {string} form the form's key */
export const startOf = (form) => `${PREFIX}${user}:${form}:`;

/** Where a tab keeps which sitting at the form is its own. @param {string} form */
export const sittingOf = (form) => `edc-sitting:${startOf(form)}`;

/** @param {string} item */
export const formOf = (item) => item.split(":")[2];

/** @param {Storage} store @param {string} start */
const keysOf = (store, start) => Object.keys(store).filter((key) => key.startsWith(start));

/** What is kept of the user's forms in one store. @param {Storage} store */
export const ofThisUser = (store) => (user ? keysOf(store, `${PREFIX}${user}:`) : []);

/** The items in which a tab of this browser holds typing now. */
export async function heldByTabs() {
  const locks = await navigator.locks?.query();
  return new Set((locks?.held ?? []).map((lock) => lock.name));
}

/**
 * Forget what this tab typed into a form that is saved: what nobody has decided on, and what other tabs hold, is not in that save.
 * @param {string} form
 */
export function forgetSaved(form) {
  const item = startOf(form) + sessionStorage.getItem(sittingOf(form));
  for (const store of [localStorage, sessionStorage]) store.removeItem(item);
}

/** What is damaged can be offered to nobody; all else stays until its user decides on it. */
export function forgetDamaged() {
  for (const key of keysOf(localStorage, PREFIX)) {
    try {
      JSON.parse(localStorage.getItem(key) ?? "");
    } catch {
      localStorage.removeItem(key);
    }
  }
}
