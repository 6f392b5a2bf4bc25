// The key of a password link stands behind the #, which no browser sends: it goes in the body of a request instead.
/** @type {HTMLInputElement | null} */
const field = document.querySelector("input[name=key]");

function open() {
  const key = location.hash.slice(1);
  if (!key || !field) return;
  // Nor is it to be found in the history of a shared computer.
  history.replaceState(null, "", location.pathname);
  field.value = key;
  field.form?.submit();
}

addEventListener("hashchange", open);
open();
