// Brings what has the focus out from behind the page's head and foot, with what is said of it: browsers take it for visible.
import { form } from "./case-form.js";

const MARGIN = 12;
const NEAR = 200;
const foot = form.querySelector(".form-foot");

function headBottom() {
  const head = document.querySelector(".form-head");
  const sticks = head && getComputedStyle(head).position === "sticky";
  return sticks ? head.getBoundingClientRect().bottom + MARGIN : 0;
}

const footTop = () => Math.min(foot?.getBoundingClientRect().top ?? window.innerHeight, window.innerHeight);

/** @param {Element} field */
function bringOut(field) {
  if (!form.contains(field) || field.closest(".form-foot, dialog")) return;
  const at = (field.closest(".choice") ?? field).getBoundingClientRect();
  const note = field.closest("[data-name]")?.querySelector(".answer")?.getBoundingClientRect();
  const top = headBottom();
  const below = Math.max(at.bottom, note?.bottom ?? 0) + MARGIN - footTop();
  if (below > 0) window.scrollBy({ top: Math.min(below, at.top - top), behavior: "instant" });
  else if (at.top < top) window.scrollBy({ top: at.top - top, behavior: "instant" });
}

// The foot is as high as its buttons need, and what is said at one field moves all below it: also the one that has the
// focus by then. Who has scrolled away from it is left alone.
function afterMove() {
  document.documentElement.style.setProperty("--sticky-bottom", `${foot?.offsetHeight ?? 0}px`);
  const field = document.activeElement;
  if (!field?.matches(":focus-visible")) return;
  const at = field.getBoundingClientRect();
  if (at.bottom > 0 && at.top < window.innerHeight + NEAR) bringOut(field);
}

form.addEventListener("focusin", (event) => {
  const field = /** @type {Element} */ (event.target);
  if (field.matches(":focus-visible")) bringOut(field);
});
const moves = new ResizeObserver(afterMove);
for (const part of [form, foot]) if (part) moves.observe(part);
