/* The address holds what is not default. */

import { prefix } from "./prefix.js";
import { search } from "./spelling.js";

/** @import { State } from "./state.js" */

/**
 * The part of the address that names the claim whose numbers are above the figure.
 * @param {State} s
 * @returns {string}
 */
const claimed = (s) => (s.claim && s.answer?.checks[s.claim] ? `#claim-${s.claim}` : "");

const besideOf = (s) => (s.beside ? s.beside.query : null);

/**
 * The link to what a page shows, for others: how it is shown is not part of it.
 * @param {State} s
 * @returns {string}
 */
export const linkTo = (s) =>
  window.location.origin + prefix() + s.meta.path + search(s.shown.answer.query, besideOf(s)) + claimed(s);

function address(s, query) {
  const kept = new URLSearchParams(window.location.search);
  const view = ["view", "controls"].filter((word) => kept.has(word)).map((word) => [word, kept.get(word)]);
  return prefix() + s.meta.path + search(query, besideOf(s), view) + claimed(s);
}

function shown() {
  const { pathname, search: query, hash } = window.location;
  return pathname + query + hash;
}

/**
 * Put what a page shows into the address; after a step, as one that going back undoes.
 * @param {State} s
 * @param {string} query
 * @returns {void}
 */
export function remember(s, query) {
  clearTimeout(s.writer);
  s.writer = 0;
  const entry = { ...window.history.state, dow: { page: s.page, params: s.params, pinned: s.pinned, claim: s.claim } };
  const put = (how) => {
    if (window.location.pathname === prefix() + s.meta.path) window.history[how](entry, "", address(s, query));
  };
  if (!window.history.state?.dow) {
    // A page that has just been opened: what is done next can be undone by going back to it.
    put("replaceState");
  } else if (s.push && address(s, query) !== shown()) {
    s.push = false;
    put("pushState");
  } else {
    s.write = () => {
      s.writer = 0;
      put("replaceState");
    };
    s.writer = setTimeout(s.write, 250);
  }
}

/**
 * Keep words in the address of a sheet, without those that stand at `nothing`.
 * @param {Record<string, string>} words
 * @param {string} nothing
 * @returns {void}
 */
export function rememberWords(words, nothing) {
  const kept = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(words)) {
    if (!value || value === nothing) kept.delete(name);
    else kept.set(name, value);
  }
  const { pathname, hash } = window.location;
  const query = kept.toString();
  const wanted = pathname + (query ? `?${query}` : "") + hash;
  if (wanted !== shown()) window.history.replaceState(window.history.state, "", wanted);
}
