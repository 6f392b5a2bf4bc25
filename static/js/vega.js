// Draws the figures of a page from the specifications that it carries. The strict content policy forbids eval and inline
// styles: Vega's expressions are interpreted (ast), and the tooltip is ours.
import { make } from "./elements.js";

/** @typedef {{ finalize(): void }} View */

/** @type {Map<Element, View>} */
const drawn = new Map();
/** @type {Promise<{ vegaEmbed: (element: Element, spec: object, options: object) => Promise<{ view: View }> }> | undefined} */
let loading;

/** @param {HTMLElement} element */
function load(element) {
  const source = element.closest("[data-figures]")?.dataset.figures ?? "";
  return (loading ??= import(new URL(source, location.href).href));
}

const tooltip = make("div", { className: "figure-tooltip", hidden: true });
document.body.append(tooltip);

/** @param {[handler: unknown, event: MouseEvent, item: unknown, value: Record<string, unknown> | "" | null | undefined]} shown */
function showTooltip(...[, event, , value]) {
  tooltip.hidden = !value;
  if (!value) return;
  tooltip.replaceChildren(...Object.entries(value).map(([name, text]) => make("div", {}, `${name}: ${text}`)));
  const { width, height } = tooltip.getBoundingClientRect();
  tooltip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - width - 4))}px`;
  tooltip.style.top = `${Math.max(4, Math.min(event.clientY + 12, innerHeight - height - 4))}px`;
}

const options = {
  ast: true,
  mode: "vega-lite",
  renderer: "svg",
  actions: false,
  defaultStyle: false,
  tooltip: showTooltip,
};

/** @param {HTMLElement} element */
function drawImage(element) {
  if (!element.dataset.fallback) return;
  element.replaceChildren(make("img", { src: element.dataset.fallback, alt: "", className: "figure-image" }));
}

/** @param {HTMLElement} element @param {object} spec */
async function drawFigure(element, spec) {
  const { vegaEmbed } = await load(element);
  drawn.set(element, (await vegaEmbed(element, spec, options)).view);
  // the element itself has the words; the drawing's thousand marks are no help to a screen reader
  element.querySelector("svg")?.setAttribute("aria-hidden", "true");
  element.dataset.drawn = "yes";
}

/** @param {HTMLElement} element */
async function draw(element) {
  const { spec, least } = element.dataset;
  const source = JSON.parse(document.getElementById(spec ?? "")?.textContent ?? "{}");
  if (Number(least) > 0) element.style.minWidth = `${least}px`;
  try {
    await drawFigure(element, source);
  } catch (error) {
    console.warn(`The figure ${spec} is shown as an image instead.`, error);
    drawImage(element);
  }
}

/** @param {Element} root */
function forget(root) {
  for (const [element, view] of drawn) {
    if (!root.contains(element)) continue;
    view.finalize();
    drawn.delete(element);
  }
}

const waiting = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      waiting.unobserve(target);
      draw(/** @type {HTMLElement} */ (target));
    }
  },
  { rootMargin: "600px" },
);
/** @param {ParentNode} root */
const drawAll = (root) => root.querySelectorAll("[data-spec]").forEach((element) => waiting.observe(element));

// New figures take the place of the old ones: what was unfolded stays so.
/** @type {string[]} */
let unfolded = [];
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "results") return;
  unfolded = [...detail.target.querySelectorAll("details[open][id]")].map((details) => details.id);
  forget(detail.target);
});
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "results") return;
  unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  drawAll(detail.target);
});

// Paper has a width of its own, and shows what was never scrolled to.
addEventListener("beforeprint", () => {
  document.querySelectorAll("[data-spec]:not([data-drawn])").forEach((element) => draw(element));
});

drawAll(document);
