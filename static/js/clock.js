// The clock of a report runs on while the page is open. The server's words stand until the first tick.
const MINUTE = 60_000;
// Hours from which days say more.
const LONG = 72;

function span(milliseconds) {
  const minutes = Math.floor(milliseconds / MINUTE);
  const hours = Math.floor(minutes / 60);
  return hours < LONG ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function tick() {
  for (const tag of document.querySelectorAll("[data-clock]")) {
    const left = Date.parse(tag.dataset.clock) - Date.now();
    tag.querySelector("[data-clock-words]").textContent = left >= 0 ? `${span(left)} left to ${tag.dataset.clockTo}` : `Overdue by ${span(-left)}`;
    tag.classList.toggle("clock-running", left >= 0);
    tag.classList.toggle("clock-overdue", left < 0);
  }
}

setInterval(tick, MINUTE / 2);
document.addEventListener("htmx:afterSwap", tick);
