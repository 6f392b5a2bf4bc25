// Says on the page what the browser made of a passkey; without this it would only stand in the console.
/** @type {Record<string, string>} */
const WORDS = {
  NotAllowedError: "The passkey was not used: it was cancelled, took too long, or is not on this device.",
  SecurityError: "Passkeys do not work at this address. They need the site's own name, not a number, and a secure connection.",
  InvalidStateError: "This key is already registered.",
};

document.addEventListener("allauth.error", (event) => {
  const place = document.getElementById("passkey-problem");
  if (!place) return;
  place.textContent = WORDS[event.detail.exception.name] || "The passkey could not be used.";
  place.hidden = false;
});
