// Queries that only the derivation of the endpoints can raise come moments after a save: they appear without a reload.
import { form } from "./case-form.js";

const WHEN = [2000, 5000, 10_000];
const PARTS = ["[data-queries]", ".form-head > .frame"];
const wasSaved = [...document.querySelectorAll("[data-tags]")].some((message) => message.dataset.tags?.includes("saved:"));

/** @param {Element} part */
const trimmed = (part) => part.innerHTML.replace(/\s+/g, " ");

/** @param {Element | null} old @param {Element | null} now */
function replace(old, now) {
  if (old && now && trimmed(old) !== trimmed(now)) old.replaceChildren(...now.childNodes);
}

/** @param {Document} page */
function show(page) {
  for (const part of PARTS) replace(document.querySelector(part), page.querySelector(part));
  for (const row of document.querySelectorAll(".field-row[id]")) {
    replace(row.querySelector(":scope > .markers"), page.querySelector(`[id="${row.id}"] > .markers`));
  }
}

async function look() {
  if (form.hasAttribute("data-saving")) return;
  const response = await fetch(location.href, { redirect: "manual", headers: { "X-Background": "queries" } }).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (page.querySelector("form[data-form]")?.dataset.version === form.dataset.version) show(page);
}

if (wasSaved) for (const after of WHEN) setTimeout(look, after);
