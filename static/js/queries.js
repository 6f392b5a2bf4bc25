// What only the derivation of the endpoints can ask comes moments after a save: it appears without a reload.
const form = document.querySelector("form[data-form]");
const WHEN = [2000, 5000, 10000];
const wasSaved = [...document.querySelectorAll("[data-tags]")].some((message) => message.dataset.tags.includes("saved:"));

const PARTS = ["[data-queries]", ".form-head > .frame"];
const trimmed = (part) => part.innerHTML.replace(/\s+/g, " ");

function replace(old, now) {
  if (old && now && trimmed(old) !== trimmed(now)) old.replaceChildren(...now.childNodes);
}

async function look() {
  if (form.hasAttribute("data-saving")) return;
  const answer = await fetch(location.href, { redirect: "manual", headers: { "X-Background": "queries" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.querySelector("form[data-form]")?.dataset.version !== form.dataset.version) return;
  for (const part of PARTS) replace(document.querySelector(part), page.querySelector(part));
  for (const row of document.querySelectorAll(".field-row[id]")) {
    replace(row.querySelector(":scope > .markers"), page.querySelector(`[id="${row.id}"] > .markers`));
  }
}

if (wasSaved && form) for (const after of WHEN) setTimeout(look, after);
