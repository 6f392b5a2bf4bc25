// A text that is too long stays whole: near its limit a counter stands under it, and the server refuses what is over.
const NEAR = 0.8;
// As the server counts: characters, not halves of them, a new line as two, and no blanks around the text.
const lengthOf = (field) => [...field.value.trim().replace(/\r?\n/g, "\r\n")].length;
const counters = new WeakMap();

function counterOf(field) {
  if (!counters.get(field)?.isConnected) {
    const counter = Object.assign(document.createElement("div"), { className: "text-length", role: "status" });
    (field.closest(".input-group") ?? field).after(counter);
    counters.set(field, counter);
  }
  return counters.get(field);
}

function count(field) {
  const limit = Number(field.dataset.longest);
  const length = lengthOf(field);
  if (!counters.has(field) && length <= limit * NEAR) return;
  const counter = counterOf(field);
  const over = length - limit;
  counter.hidden = length <= limit * NEAR;
  counter.classList.toggle("over", over > 0);
  const words = `${length.toLocaleString("en")} of ${limit.toLocaleString("en")} characters`;
  counter.textContent = over > 0 ? `${words}: ${over.toLocaleString("en")} too many. Nothing is cut.` : words;
}

document.addEventListener("input", (event) => { if (event.target.matches("[data-longest]")) count(event.target); });
for (const field of document.querySelectorAll("[data-longest]")) count(field);
