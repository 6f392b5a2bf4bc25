// A fragment that did not come is said, in words: silence would look like success.
import { notice, putOnTop } from "./elements.js";

/** @type {Record<number, string>} */
const WORDS = {
  403: "You have no access to this page.",
  404: "This is no longer available to you.",
  409: "Somebody saved this in the meantime. Reload the page; what you typed is kept in this browser.",
  423: "This record is closed for data entry.",
  429: "Too many requests in a short time. Wait a minute and try again.",
};

const forget = () => document.querySelector("[data-complaint]")?.remove();

/** @param {string} words */
function complain(words) {
  forget();
  putOnTop("alert", notice("danger", words)).dataset.complaint = "";
}

document.addEventListener("htmx:responseError", ({ detail }) => {
  complain(WORDS[detail.xhr.status] ?? `The server could not answer (${detail.xhr.status}). Try again.`);
});
document.addEventListener("htmx:sendError", () => complain("There is no connection to the server. What you type is kept in this browser."));
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) forget(); });
