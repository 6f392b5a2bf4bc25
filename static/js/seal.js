// Seals what is kept in this browser with a key that only pages of the same user carry: the next person at this computer
// cannot read it. Without a secure connection a browser seals nothing: what is typed then lives as long as its tab.
import { form } from "./case-form.js";

const NAME = "AES-GCM";
const ciphers = /** @type {SubtleCrypto | undefined} */ (window.crypto.subtle);
export const store = ciphers ? localStorage : sessionStorage;

const secret = ciphers?.importKey("raw", fromHex(form.dataset.secret ?? ""), NAME, false, ["encrypt", "decrypt"]);

/** @param {string} digits */
function fromHex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {string} text */
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @param {Uint8Array} bytes */
const toBase64 = (bytes) => btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));

/** @param {Draft} draft @returns {Promise<Partial<Sealed>>} */
export async function seal(draft) {
  const plain = JSON.stringify(draft);
  if (!ciphers || !secret) return { plain };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await ciphers.encrypt({ name: NAME, iv }, await secret, new TextEncoder().encode(plain));
  return { iv: toBase64(iv), sealed: toBase64(new Uint8Array(sealed)) };
}

/** @param {Partial<Sealed>} kept @returns {Promise<Draft>} */
export async function unseal(kept) {
  if (kept.plain) return JSON.parse(kept.plain);
  if (!ciphers || !secret) throw new Error("sealed, where nothing can be unsealed");
  const plain = await ciphers.decrypt({ name: NAME, iv: fromBase64(kept.iv ?? "") }, await secret, fromBase64(kept.sealed ?? ""));
  return JSON.parse(new TextDecoder().decode(plain));
}

/** The draft that an item holds; null where it cannot be read. @param {string} item */
export async function readDraft(item) {
  try {
    return await unseal(JSON.parse(store.getItem(item) ?? ""));
  } catch {
    return null;
  }
}
