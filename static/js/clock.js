// The clock of a report runs on while the page is open. The server's words stand until the first tick.
const MINUTE = 60_000;
// Hours from which days say more.
const LONG = 72;

/** @param {number} milliseconds */
function span(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  const hours = Math.floor(minutes / 60);
  return hours < LONG ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** @param {HTMLElement} tag */
function show(tag) {
  const left = Date.parse(tag.dataset.clock ?? "") - Date.now();
  const words = tag.querySelector("[data-clock-words]");
  if (words) words.textContent = left >= 0 ? `${span(left)} left to ${tag.dataset.clockTo}` : `Overdue by ${span(-left)}`;
  tag.classList.toggle("clock-running", left >= 0);
  tag.classList.toggle("clock-overdue", left < 0);
}

const tick = () => document.querySelectorAll("[data-clock]").forEach((tag) => show(tag));

setInterval(tick, MINUTE / 2);
document.addEventListener("htmx:afterSwap", tick);
