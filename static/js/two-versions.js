// Of two versions of a form: for each choice what was saved stands, or what was typed.
import { fieldsIn, form, isChoice, isChosen, placeOf, tellInput } from "./case-form.js";
import { settle } from "./conditional.js";

/** What was typed, by its place. @type {Map<HTMLElement, string>} */
const mine = new Map();

/** @returns {HTMLInputElement[]} */
const allChoices = (more = "") =>
  [...document.querySelectorAll(`[data-keep]${more}`)].map((choice) => /** @type {HTMLInputElement} */ (choice));

/**
 * Of a group of answers only the one that is chosen speaks: to whoever listens, any other would be an answer given.
 * @param {HTMLElement} place
 * @param {string} raw
 */
function put(place, raw) {
  const all = fieldsIn(place);
  for (const field of all) {
    if (!isChoice(field)) field.value = raw;
    else if (field.type === "radio") field.checked = field.value === raw;
    else field.checked = raw.split(",").includes(field.value);
  }
  tellInput(all.find(isChosen) ?? all.find((field) => field.type !== "radio") ?? form);
  settle();
}

/** @param {HTMLElement} place */
function typedIn(place) {
  const all = fieldsIn(place);
  if (!all.some(isChoice)) return all[0]?.value ?? "";
  return all.filter(isChosen).map((field) => field.value).join(",");
}

/**
 * A result and its unit are one choice: what belongs together stands as one of the two wrote it.
 * @param {HTMLElement} choice
 */
const placesOf = (choice) => (choice.dataset.keep ?? "").split(" ").map(placeOf).filter((place) => place !== null);

/** @param {HTMLInputElement} choice */
function stand(choice) {
  for (const place of placesOf(choice)) put(place, (choice.value === "theirs" ? place.dataset.stored : mine.get(place)) ?? "");
}

/** @param {HTMLInputElement} choice */
function begin(choice) {
  if (!placesOf(choice).length) choice.disabled = true;
  else if (choice.checked) stand(choice);
}

/** Take what was typed from the page, then let what each choice says stand. */
export function compare() {
  const choices = allChoices();
  for (const place of choices.flatMap(placesOf)) mine.set(place, typedIn(place));
  choices.forEach(begin);
  document.querySelector("[data-keep-every]")?.removeAttribute("hidden");
}

document.addEventListener("change", (event) => {
  const choice = /** @type {HTMLInputElement} */ (event.target);
  if (choice.matches("[data-keep]")) stand(choice);
});
document.addEventListener("click", (event) => {
  const which = /** @type {Element} */ (event.target).closest("[data-keep-all]")?.dataset.keepAll;
  for (const choice of which ? allChoices(`[value=${which}]`) : []) {
    choice.checked = true;
    stand(choice);
  }
});
