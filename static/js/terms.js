// The dictionary's terms under the field, while one types: a combobox with a list (WAI-ARIA APG). Without this script the
// field takes plain words, and the server knows a term by them.
import { tellChange } from "./case-form.js";
import { inRole, make } from "./elements.js";

const PAUSE = 200;
const place = document.querySelector("[data-terms]");

class TermList {
  timer = 0;
  typed = "";

  /** @param {HTMLInputElement} field @param {DOMStringMap} source where the terms come from, and which item's day decides */
  constructor(field, source) {
    this.field = field;
    this.source = source;
    this.options = inRole(make("ul", { id: `${field.id}_terms`, className: "term-list", hidden: true }), "listbox", "Dictionary terms");
    this.status = inRole(make("div", { className: "visually-hidden" }), "status");
    field.after(this.options, this.status);
    const attributes = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.options.id };
    for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);
    this.expand(false);
  }

  get all() {
    return [...this.options.querySelectorAll("[data-term]")];
  }

  get active() {
    return this.options.querySelector('[aria-selected="true"]');
  }

  /** @param {boolean} on */
  expand(on) {
    this.options.hidden = !on;
    this.field.setAttribute("aria-expanded", String(on));
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {HTMLElement} option */
  point(option) {
    this.active?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  /** @param {HTMLElement} option */
  choose(option) {
    this.field.value = option.dataset.term ?? "";
    this.expand(false);
    tellChange(this.field);
    clearTimeout(this.timer);
  }

  /** Which dictionary holds depends on the day on which the event began. */
  query() {
    const item = this.source.termsOn ?? "";
    const day = /** @type {HTMLInputElement | null | undefined} */ (this.field.form?.elements.namedItem(item));
    return new URLSearchParams({ q: this.typed, [item]: day?.value ?? "" });
  }

  async look() {
    const typed = (this.typed = this.field.value.trim());
    if (!typed) {
      this.expand(false);
      return;
    }
    const response = await fetch(`${this.source.terms}?${this.query()}`).catch(() => null);
    // A slow answer to what was typed before is no answer any more.
    if (!response?.ok || response.redirected || typed !== this.typed || document.activeElement !== this.field) return;
    this.options.innerHTML = await response.text();
    this.expand(true);
    this.status.textContent = `${this.all.length} ${this.all.length === 1 ? "term" : "terms"}`;
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  /** Point at the next option, or at the one before. @param {number} by */
  step(by) {
    const all = this.all;
    const at = this.active ? all.indexOf(this.active) : -1;
    if (all.length) this.point(all[(at + by + all.length) % all.length]);
  }

  /** Whether the key means something to an open list. @param {string} key */
  act(key) {
    const active = this.active;
    if (key === "ArrowDown") this.step(1);
    else if (key === "ArrowUp") this.step(-1);
    else if (key === "Enter" && active) this.choose(active);
    else if (key === "Escape") this.expand(false);
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (this.options.hidden) {
      if (event.key !== "ArrowDown") return;
      this.look();
    } else if (this.act(event.key)) event.stopPropagation();
    else return;
    event.preventDefault();
  }

  listen() {
    this.field.addEventListener("input", (event) => { if (event.isTrusted) this.soon(); });
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("blur", () => this.expand(false));
    this.options.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = /** @type {Element} */ (event.target).closest("[data-term]");
      if (option) this.choose(option);
    });
  }
}

/** @type {HTMLInputElement | null} */
const field = place && document.querySelector(`form[data-form] input[name="${place.dataset.termsFor}"]`);
if (place && field) new TermList(field, place.dataset).listen();
