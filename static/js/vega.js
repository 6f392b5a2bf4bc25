// Draws the figures of a page from the specifications that it carries. The strict content policy forbids eval and inline
// styles: Vega's expressions are interpreted (ast), and the tooltip is ours.
const drawn = new Map();
let loading;

const load = (element) => (loading ??= import(new URL(element.closest("[data-figures]").dataset.figures, location.href)));

const tooltip = document.createElement("div");
tooltip.className = "figure-tooltip";
tooltip.hidden = true;
document.body.append(tooltip);

function showTooltip(_, event, item, value) {
  tooltip.hidden = value === null || value === undefined || value === "";
  if (tooltip.hidden) return;
  const lines = Object.entries(value).map(([name, text]) => {
    const line = document.createElement("div");
    line.textContent = `${name}: ${text}`;
    return line;
  });
  tooltip.replaceChildren(...lines);
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

async function draw(element) {
  const spec = JSON.parse(document.getElementById(element.dataset.spec).textContent);
  if (element.dataset.least > 0) element.style.minWidth = `${element.dataset.least}px`;
  try {
    const { vegaEmbed } = await load(element);
    drawn.set(element, (await vegaEmbed(element, spec, options)).view);
    // the element itself has the words; the drawing's thousand marks are no help to a screen reader
    element.querySelector("svg")?.setAttribute("aria-hidden", "true");
    element.dataset.drawn = "yes";
  } catch (error) {
    console.warn(`The figure ${element.dataset.spec} is shown as an image instead.`, error);
    if (!element.dataset.fallback) return;
    const image = document.createElement("img");
    image.src = element.dataset.fallback;
    image.alt = "";
    image.className = "figure-image";
    element.replaceChildren(image);
  }
}

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
      draw(target);
    }
  },
  { rootMargin: "600px" },
);
const drawAll = (root) => root.querySelectorAll("[data-spec]").forEach((element) => waiting.observe(element));

// New figures take the place of the old ones: what was unfolded stays so.
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
