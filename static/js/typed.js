// The values of a form as they stand on the page, by names that outlive a row's place, and how they are put back.
import { form, inputOf, isChoice, isChosen, labelOf, tellChange, wordsOf } from "./case-form.js";

/** @typedef {import("./case-form.js").Field} Field */

const SKIPPED = ["csrfmiddlewaretoken", "version", "opened_by", "change_reason", "change_reason_text", "action"];
const SKIPPED_TYPES = ["hidden", "password", "file", "submit"];

function controls() {
  const all = [...form.elements].map((element) => /** @type {Field} */ (element));
  return all.filter((field) => field.name && !SKIPPED.includes(field.name) && !SKIPPED_TYPES.includes(field.type));
}

/**
 * A row that was saved is known by its name, not by its place: since then another may have come before it.
 * @param {Field} field
 */
function nameOf(field) {
  const [, rows, number, item] = /^(.+)-(\d+)-(.+)$/.exec(field.name) ?? [];
  const row = rows && (inputOf(`${rows}-${number}-label`)?.value || inputOf(`${rows}-${number}-row`)?.value);
  return row ? `${rows}[${row}]-${item}` : field.name;
}

/** The fields of the form, those of one name together. */
export function byName() {
  /** @type {Map<string, Field[]>} */
  const groups = new Map();
  for (const field of controls()) groups.set(nameOf(field), [...(groups.get(nameOf(field)) ?? []), field]);
  return groups;
}

/** @param {Field[]} group */
export function valueOf(group) {
  if (!isChoice(group[0])) return group[0].value;
  return group.filter(isChosen).map((choice) => choice.value).join("\n");
}

/** @returns {Record<string, string>} */
export const values = () => Object.fromEntries([...byName()].map(([name, group]) => [name, valueOf(group)]));

/**
 * The words for a value, as its field shows it.
 * @param {Field[] | undefined} group
 * @param {string} value
 */
export function shown(group, value) {
  const field = group?.[0];
  if (field instanceof HTMLSelectElement) return [...field.options].find((option) => option.value === value)?.text ?? value;
  if (!group || !field || !isChoice(field)) return value;
  const chosen = group.filter((choice) => value.split("\n").includes(choice.value));
  return chosen.map((choice) => (group.length > 1 && wordsOf(choice)) || "yes").join(", ");
}

/** @param {string} name @param {Field[] | undefined} group */
export const labelFor = (name, group) => labelOf(group?.[0].closest("[data-label]"), name);

/**
 * Only what was typed: what somebody else changed since is not put back to what it was.
 * @param {Draft} draft
 */
export const typedIn = (draft) => Object.entries(draft.values).filter(([name, value]) => value !== (draft.base[name] ?? ""));

/** @param {Field} field @param {string} value */
function putInto(field, value) {
  const choice = isChoice(field);
  const checked = value.split("\n").includes(field.value);
  if (choice ? field.checked === checked : field.value === value) return;
  if (choice) field.checked = checked;
  else field.value = value;
  tellChange(field);
}

/**
 * Whether the page has a field that takes the value; then it has it.
 * @param {Field[] | undefined} group
 * @param {string} value
 */
function put(group, value) {
  if (!group || group[0].disabled) return false;
  for (const field of group) putInto(field, value);
  return true;
}

/**
 * Put values back, and return those for which there is no field any more. Rows that were added while typing have to be
 * there first: whoever adds rows listens for "edc:restore" on the form.
 * @param {[string, string][]} entries
 */
export function restore(entries) {
  form.dispatchEvent(new CustomEvent("edc:restore", { detail: { names: entries.map(([name]) => name) } }));
  const groups = byName();
  return entries.filter(([name, value]) => !put(groups.get(name), value) && value).map(([, value]) => value);
}
