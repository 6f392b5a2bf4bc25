// Rows that are ticked for one step at all of them: tick a page at once, and say how many they are.
for (const form of document.querySelectorAll("form[data-chosen]")) {
  const page = form.querySelector("[data-chosen-page]");
  const all = form.querySelector("[data-chosen-all]");
  const count = form.querySelector("[data-chosen-count]");
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  if (!page || !count || !boxes.length) continue;
  page.closest("label").hidden = false;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    const number = all?.checked ? Number(all.dataset.chosenAll) : ticked;
    page.checked = ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    count.textContent = number ? `${number.toLocaleString("en")} chosen` : "";
    for (const box of [page, ...boxes]) box.disabled = Boolean(all?.checked);
  };
  page.addEventListener("change", () => {
    for (const box of boxes) box.checked = page.checked;
    tell();
  });
  form.addEventListener("change", (event) => event.target !== page && tell());
  tell();
}
