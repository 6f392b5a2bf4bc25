// Offers typing that was not saved beside what the page shows: each value for itself, to restore or to discard.
import { form } from "./case-form.js";
import { button, inRole, make, notice } from "./elements.js";
import { moment } from "./moments.js";
import { store } from "./seal.js";
import { byName, labelFor, restore, shown, typedIn, valueOf, values } from "./typed.js";

// A form that takes no entries shows what is kept, to be discarded.
const takesEntries = Boolean(form.querySelector(".form-foot"));

/** @param {(Node | string)[]} parts */
export function putBefore(...parts) {
  const box = notice("warning", make("div", { className: "stack" }, ...parts));
  form.before(inRole(box, "status"));
  return box;
}

/** @param {string} text */
export const words = (text) => make("span", {}, text);

/** @param {string} text */
const head = (text) => make("th", { scope: "col" }, text);

/** @param {string} name @param {string} label */
function tick(name, label) {
  const box = make("input", { type: "checkbox", checked: true, className: "form-check-input" });
  box.setAttribute("aria-label", `Restore ${label}`);
  box.dataset.entry = name;
  return make("td", {}, box);
}

/**
 * @param {[string, string]} entry
 * @param {import("./case-form.js").Field[] | undefined} group
 * @param {Draft} draft
 */
function line([name, value], group, draft) {
  const kept = group ? undefined : draft.words?.[name];
  const { label, text } = kept ?? { label: labelFor(name, group), text: shown(group, value) };
  const here = group ? shown(group, valueOf(group)) || "empty" : "–";
  const typed = text || "empty";
  const row = make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, here), make("td", {}, typed));
  if (takesEntries) row.append(tick(name, label));
  return row;
}

/** @param {[string, string][]} entries @param {Draft} draft */
function comparison(entries, draft) {
  const groups = byName();
  const table = make("table", { className: "data-table data-table-wrap" });
  table.append(make("caption", { className: "visually-hidden" }, "Differences"));
  const columns = ["Item", "On this page", "What you had typed", ...(takesEntries ? ["Restore"] : [])];
  table.createTHead().append(make("tr", {}, ...columns.map(head)));
  table.createTBody().append(...entries.map((entry) => line(entry, groups.get(entry[0]), draft)));
  return inRole(make("div", { className: "table-region", tabIndex: 0 }, table), "region", "Differences");
}

/** @param {Draft} draft */
function sentence(draft) {
  const since = draft.after ? `after your last save, until ${moment(draft.at)}, ` : `here until ${moment(draft.at)} `;
  const unsaved = `What you typed ${since}was not saved.`;
  if (!takesEntries) return `${unsaved} The form is closed for data entry: it is kept here until you discard it.`;
  const isOlder = !draft.after && draft.version !== form.dataset.version;
  return isOlder ? `${unsaved} Somebody has saved the form since: compare before you save.` : unsaved;
}

/** @param {[string, string][]} entries */
function putBack(entries) {
  const homeless = restore(entries);
  if (homeless.length) putBefore(words(`This form no longer has a field for what you had typed: ${homeless.join(" · ")}`));
}

/**
 * It stays in its item until it is decided on, whatever is typed and saved meanwhile.
 * @param {Draft} draft
 * @param {string} item
 * @param {() => Promise<void>} keep keeps the form as it stands as what is typed now
 */
export function offer(draft, item, keep) {
  const now = values();
  const entries = typedIn(draft).filter(([name, value]) => value !== (now[name] ?? ""));
  if (!entries.length) return store.removeItem(item);
  const away = () => {
    store.removeItem(item);
    box.remove();
  };
  const back = async () => {
    const names = [...box.querySelectorAll("[data-entry]:checked")].map((ticked) => ticked.dataset.entry);
    putBack(entries.filter(([name]) => names.includes(name)));
    // First kept as what is typed now, then taken from where it was.
    await keep();
    away();
  };
  const choices = make("div", { className: "cluster" });
  if (takesEntries) choices.append(button("Restore", "btn-primary", back));
  choices.append(button("Discard", "btn-outline-primary", away));
  const box = putBefore(words(sentence(draft)), comparison(entries, draft), choices);
}
