// The terms of the dictionary under the field, while one types: a combobox with a list (WAI-ARIA APG). Without this
// script the field takes plain words, and the server knows a term by them.
const place = document.querySelector("[data-terms]");
const field = place && document.querySelector(`form[data-form] input[name="${place.dataset.termsFor}"]`);
const PAUSE = 200;

function list() {
  const made = document.createElement("ul");
  made.id = `${field.id}_terms`;
  made.className = "term-list";
  made.setAttribute("role", "listbox");
  made.setAttribute("aria-label", "Terms of the dictionary");
  made.hidden = true;
  field.after(made);
  return made;
}

function start() {
  const options = list();
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  options.after(status);
  let timer;
  let asked = "";

  for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": options.id })) {
    field.setAttribute(name, value);
  }

  const all = () => [...options.querySelectorAll("[data-term]")];
  const active = () => options.querySelector('[aria-selected="true"]');

  function close() {
    options.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function point(option) {
    active()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  }

  function choose(option) {
    field.value = option.dataset.term;
    close();
    field.dispatchEvent(new Event("input", { bubbles: true, cancelable: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    clearTimeout(timer);
  }

  async function look() {
    asked = field.value.trim();
    const wanted = asked;
    if (!wanted) { close(); return; }
    let answer;
    // Which dictionary holds depends on the day on which the event began.
    const day = field.form.elements[place.dataset.termsOn]?.value ?? "";
    const query = new URLSearchParams({ q: wanted, [place.dataset.termsOn]: day });
    try { answer = await fetch(`${place.dataset.terms}?${query}`); } catch { return; }
    // A slow answer to what was typed before is no answer any more.
    if (!answer.ok || answer.redirected || wanted !== asked || document.activeElement !== field) return;
    options.innerHTML = await answer.text();
    options.hidden = false;
    field.setAttribute("aria-expanded", "true");
    field.removeAttribute("aria-activedescendant");
    status.textContent = `${all().length} ${all().length === 1 ? "term" : "terms"}`;
  }

  field.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const shown = all();
    if (event.key === "ArrowDown" && options.hidden) { look(); event.preventDefault(); return; }
    if (options.hidden) return;
    const at = shown.indexOf(active());
    if (event.key === "ArrowDown" && shown.length) point(shown[(at + 1) % shown.length]);
    else if (event.key === "ArrowUp" && shown.length) point(shown[(at - 1 + shown.length) % shown.length]);
    else if (event.key === "Enter" && active()) choose(active());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  options.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[data-term]");
    if (option) choose(option);
  });
  field.addEventListener("blur", close);
}

if (field) start();
