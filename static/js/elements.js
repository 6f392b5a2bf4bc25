// Makes the few kinds of elements that scripts put on a page.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {(Node | string)[]} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

/**
 * The element, with what it is to assistive technology.
 * @template {HTMLElement} Kind
 * @param {Kind} element
 * @param {string} role
 * @param {string} [label]
 */
export function inRole(element, role, label) {
  element.setAttribute("role", role);
  if (label) element.setAttribute("aria-label", label);
  return element;
}

/**
 * @param {string} text
 * @param {string} look the button's kind: btn-primary, btn-outline-primary
 * @param {() => void} act
 */
export function button(text, look, act) {
  const made = make("button", { type: "button", className: `btn btn-sm ${look}` }, text);
  made.addEventListener("click", act);
  return made;
}

/**
 * @param {"warning" | "danger"} look
 * @param {(Node | string)[]} children
 */
export const notice = (look, ...children) => make("div", { className: `notice notice-${look}` }, ...children);

/**
 * Put a notice above all else on the page.
 * @param {"status" | "alert"} role
 * @param {HTMLElement} shown
 */
export function putOnTop(role, shown) {
  const box = inRole(make("div", { className: "frame" }, shown), role);
  document.getElementById("main")?.prepend(box);
  return box;
}
