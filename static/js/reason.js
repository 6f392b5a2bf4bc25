// A change of what was complete shows each value old -> new and asks why, before it is saved.
const form = document.querySelector("form[data-form][data-reason]");
const dialog = document.getElementById("reason-dialog");
let submitter = null;
let given = false;

const own = (row) => [...row.querySelectorAll("input, select, textarea")].filter((one) => one.name);
const textOf = (one) => (one.tagName === "SELECT" ? [...one.selectedOptions].map((option) => option.text) : [one.value]);
const labelOf = (one) => (one.labels?.[0]?.querySelector("span") ?? one.labels?.[0])?.textContent.trim() ?? one.value;

function current(row) {
  const all = own(row);
  const choices = all.filter((one) => ["radio", "checkbox"].includes(one.type));
  if (choices.length) {
    const chosen = choices.filter((one) => one.checked);
    const alone = choices.length === 1 && choices[0].type === "checkbox";
    return {
      raw: chosen.map((one) => (alone ? "on" : one.value)).sort().join(","),
      text: alone ? (chosen.length ? "yes" : "no") : chosen.map(labelOf).join(", "),
    };
  }
  const values = all.flatMap((one) => (one.tagName === "SELECT" ? [...one.selectedOptions].map((option) => option.value) : [one.value]));
  return { raw: values.filter(Boolean).sort().join(","), text: all.flatMap(textOf).filter(Boolean).join(" ") };
}

// In a table the item needs the name of its row beside it.
function nameOf(row) {
  const cell = row.closest("tr")?.querySelector("th[scope=row]");
  const head = cell?.dataset.rowName ?? cell?.textContent.trim();
  return head ? `${head}: ${row.dataset.label}` : row.dataset.label;
}

function changes() {
  return [...form.querySelectorAll(form.dataset.reason === "strikes" ? "[data-stored][data-name$='-struck_out']" : "[data-stored]")]
    .filter((row) => own(row).length && own(row).some((one) => !one.disabled))
    .map((row) => ({ label: nameOf(row), old: row.dataset.storedText, stored: row.dataset.stored, now: current(row) }))
    .filter((one) => one.now.raw !== one.stored.split(",").filter(Boolean).sort().join(","));
}

function cell(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text || "empty";
  if (tag === "th") element.scope = "row";
  return element;
}

const asked = () => dialog.querySelectorAll("select, textarea");

function ask(button, found) {
  submitter = button;
  dialog.querySelector("[data-changes]").replaceChildren(...found.map((change) => {
    const row = document.createElement("tr");
    row.append(cell("th", change.label), cell("td", change.old), cell("td", change.now.text));
    return row;
  }));
  given = false;
  asked().forEach((one) => { one.disabled = false; });
  dialog.showModal();
  dialog.querySelector("select").focus();
}

// A button may ask even where no value changes: it takes the form itself to another state.
function found(button) {
  const [old, now] = button?.dataset.moves?.split("|") ?? [];
  return [...changes(), ...(now ? [{ label: "The form", old, now: { text: now } }] : [])];
}

// Asked once the server has found the values good: an error comes before the reason.
form?.addEventListener("edc:reason", (event) => {
  const all = found(event.detail.submitter);
  ask(event.detail.submitter, all.length ? all : [{ label: "The form", old: "as saved", now: { text: "changed" } }]);
  event.detail.kept = true;
});

// A form that its page sends itself can be checked by nobody before.
form?.addEventListener("submit", (event) => {
  if (given || form.dataset.sends !== undefined || event.submitter?.value === "not_done") return;
  const all = found(event.submitter);
  if (!all.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(event.submitter, all);
}, { capture: true });

dialog?.addEventListener("close", () => { if (!given) asked().forEach((one) => { one.disabled = true; }); });

dialog?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName === "TEXTAREA" || event.target.tagName === "BUTTON") return;
  event.preventDefault();
  dialog.querySelector("[data-confirm]").click();
});

dialog?.querySelector("[data-confirm]").addEventListener("click", () => {
  const [reason, said] = asked();
  if (!reason.reportValidity()) return;
  // "Other" alone says nothing, and the server takes it for no reason.
  if (reason.value === "Other" && !said.value.trim()) { said.focus(); return; }
  given = true;
  dialog.close();
  form.requestSubmit(submitter);
});
function askAgain() {
  given = false;
  asked().forEach((one) => { one.disabled = true; });
}
window.addEventListener("pageshow", () => { given = false; });
form?.addEventListener("edc:stopped", askAgain);
