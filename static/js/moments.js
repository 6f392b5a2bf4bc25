// Writes a moment as the server writes it: 11 May 2026 14:05 UTC.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @param {Date} on */
const day = (on) => `${on.getUTCDate()} ${MONTHS[on.getUTCMonth()]} ${on.getUTCFullYear()}`;

/** @param {Date} on */
export const clock = (on) => on.toISOString().slice(11, 16);

/** @param {number} at milliseconds since 1970 */
export function moment(at) {
  const on = new Date(at);
  return `${day(on)} ${clock(on)} UTC`;
}
