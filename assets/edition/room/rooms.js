/* Rooms, as the server keeps them, and which of them this tab leads or follows. */

import { prefix } from "../page/prefix.js";

/**
 * @typedef {object} Shown What a room shows.
 * @property {string} address
 * @property {string} look
 * @property {number | null} frame What is played; null where nothing is.
 * @property {boolean} playing
 * @property {boolean} locked Nobody may let go.
 * @property {boolean} paused
 */

/**
 * Where a room is.
 * @param {string} code
 * @returns {string}
 */
const place = (code) => `${prefix()}/follow/${encodeURIComponent(code)}/room`;

/* The JSON of an answer; an error with its status where it is a refusal. */
async function said(response) {
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.problem), { status: response.status });
  return answer;
}

const signed = (key) => ({ Authorization: `Bearer ${key}` });

const json = (body, headers = {}) => ({ headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });

/**
 * Open a room.
 * @param {string} secret
 * @returns {Promise<{code: string, key: string, hours: number}>}
 */
export const openRoom = (secret) => fetch(`${prefix()}/follow`, { method: "POST", ...json({ secret }) }).then(said);

/**
 * Show something else in a room.
 * @param {{code: string, key: string}} room
 * @param {Shown} shown
 * @returns {Promise<unknown>}
 */
export const showIn = ({ code, key }, shown) =>
  fetch(place(code), { method: "PUT", ...json(shown, signed(key)) }).then(said);

/**
 * End a room.
 * @param {{code: string, key: string}} room
 * @returns {Promise<unknown>}
 */
export const closeRoom = ({ code, key }) =>
  fetch(place(code), { method: "DELETE", headers: signed(key) }).then(said);

/**
 * What is shown in a room, unless that is what was heard of it last.
 * @param {string} code
 * @param {string} [tag] what came with it
 * @returns {Promise<{shown: Shown | null, tag: string}>}
 */
export async function lookInto(code, tag = "") {
  const response = await fetch(place(code), { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
  if (response.status === 304) return { shown: null, tag };
  return { shown: await said(response), tag: response.headers.get("ETag") ?? "" };
}

/**
 * Whether an error says that a room is not open, or not led by this key.
 * @param {{status?: number}} error
 * @returns {boolean}
 */
export const isOver = ({ status }) => status === 404 || status === 403;

/**
 * The link of a room, for others.
 * @param {string} code
 * @returns {string}
 */
export const linkOf = (code) => `${window.location.origin}${prefix()}/follow/${code}`;

/* ---- what this tab remembers: a browser may refuse it any storage ------------------- */

/**
 * A place for one thing that outlives a reload of this tab, or `everywhere` the tab itself.
 * @param {string} name
 * @param {boolean} [everywhere]
 * @returns {{get: () => any, set: (value: any) => void}}
 */
export function memory(name, everywhere = false) {
  const storage = () => (everywhere ? window.localStorage : window.sessionStorage);
  let held = null;
  try {
    held = JSON.parse(storage().getItem(name));
  } catch {
    // for this load only
  }
  return {
    get: () => held,
    set: (value) => {
      held = value;
      try {
        if (value === null) storage().removeItem(name);
        else storage().setItem(name, JSON.stringify(value));
      } catch {
        // for this load only
      }
    },
  };
}
