// One try at reaching the server: an answer that says anything of the record, or null while the server is not up.
import { cookieToken, inputOf } from "./case-form.js";

const PATIENCE = 30_000;
const DOWN = [502, 503, 504];

/** @param {string} url @param {RequestInit} [options] */
export async function request(url, options) {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(url, { redirect: "manual", signal, ...options }).catch(() => null);
  return response && !DOWN.includes(response.status) ? response : null;
}

/**
 * Another tab may have signed in again since: its token counts, and the server compares who opened this page.
 * @param {FormData} data
 */
function refreshToken(data) {
  const token = cookieToken();
  const input = inputOf("csrfmiddlewaretoken");
  if (!token || !input) return;
  input.value = token;
  data.set("csrfmiddlewaretoken", token);
}

/** @param {FormData} data */
const encoded = (data) => new URLSearchParams([...data].map(([name, value]) => [name, String(value)]));

/** Send the form to its own page. @param {FormData} data */
export function attempt(data) {
  refreshToken(data);
  return request(location.href, { method: "POST", body: encoded(data), headers: { Accept: "application/json" } });
}
