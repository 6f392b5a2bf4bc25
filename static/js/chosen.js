// Rows that are ticked for one step at all of them: tick a page at once, and say how many they are.

/**
 * @param {HTMLInputElement} page the box for all rows of the page
 * @param {HTMLInputElement | null} all the box for all rows of the list
 * @param {HTMLElement} count
 * @param {HTMLInputElement[]} boxes
 */
function showChosen(page, all, count, boxes) {
  const ticked = boxes.filter((box) => box.checked).length;
  const number = all?.checked ? Number(all.dataset.chosenAll) : ticked;
  page.checked = ticked === boxes.length;
  page.indeterminate = ticked > 0 && ticked < boxes.length;
  count.textContent = number ? `${number.toLocaleString("en")} chosen` : "";
  for (const box of [page, ...boxes]) box.disabled = Boolean(all?.checked);
}

/** @param {HTMLFormElement} form */
function choosing(form) {
  /** @type {HTMLInputElement | null} */
  const page = form.querySelector("[data-chosen-page]");
  const count = form.querySelector("[data-chosen-count]");
  /** @type {HTMLInputElement[]} */
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")].map((box) => /** @type {HTMLInputElement} */ (box));
  if (!page || !count || !boxes.length) return;
  const show = () => showChosen(page, form.querySelector("[data-chosen-all]"), count, boxes);
  page.closest("label")?.removeAttribute("hidden");
  page.addEventListener("change", () => {
    for (const box of boxes) box.checked = page.checked;
    show();
  });
  form.addEventListener("change", (event) => event.target !== page && show());
  show();
}

for (const form of document.querySelectorAll("form[data-chosen]")) choosing(/** @type {HTMLFormElement} */ (form));
