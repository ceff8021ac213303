/* What is known of every page that has been open, and where its parts are in the document. */

/**
 * @typedef {object} Field What the browser knows of a parameter.
 * @property {"integer" | "real" | "choice" | "flag" | "points" | "formula"} kind
 * @property {string} label
 * @property {string} legal Its legal values, in words.
 * @property {number} low
 * @property {number} high
 * @property {number} step
 * @property {number[] | null} ladder The stops of its slider, where they are not evenly spaced.
 * @property {boolean} slider
 * @property {[string, unknown[]][]} shown_if_any It has an effect if one of these fields has one of these values.
 * @property {[string, unknown[]][]} shown_if_all … and if all of these have.
 * @property {number} [least] How many points there are at least,
 * @property {number} [most] and at most.
 * @property {number} [clicked] Decimals of a point that is clicked.
 * @property {Params} [chosen] What makes points the data.
 * @property {unknown} default
 */

/** @typedef {Record<string, any>} Params Values of all fields of a page, by name. */

/**
 * @typedef {object} PageState One page: what was asked, what was answered, what is drawn.
 * @property {string} page The page's key.
 * @property {any} meta What the page was laid out with: path, fields, offers, claims, first answer.
 * @property {Params} params The setting that is shown, or is being asked for.
 * @property {Params} wanted What the controls say.
 * @property {Params | null} pinned Side B of a comparison.
 * @property {any} answer The newest answer.
 * @property {{answer: any, params: Params} | null} shown The newest answer that has figures.
 * @property {any[]} items Figures, frames and extras, by slot.
 * @property {Set<number>} pending Slots that are not drawn yet, for they are not in sight.
 * @property {any} player
 */

/** @typedef {PageState & import("./conversation.js").Conversation} State */

/** @type {Record<string, State>} */
export const pages = {};

/**
 * An element of a page, by the end of its id; null where there is none, or the page has been left.
 * @param {State} s
 * @param {string} name
 * @returns {HTMLElement | null}
 */
export const part = (s, name) => document.getElementById(`${s.page}-${name}`);

/**
 * What holds the page's figures; null once the page has been left.
 * @param {State} s
 * @returns {HTMLElement | null}
 */
export const holder = (s) => part(s, "slots");

/**
 * The graph of a slot, once something is drawn in it.
 * @param {State} s
 * @param {number} slot
 * @returns {any}
 */
export function plotOf(s, slot) {
  const gd = part(s, `graph-${slot}`);
  return gd && gd.data ? gd : null;
}

/**
 * Whether the window is as narrow as a phone's, where one thing stands below another.
 * @returns {boolean}
 */
export const narrow = () => window.matchMedia("(max-width: 900px)").matches;

/**
 * Where the result or, on a phone, the main figure begins, below a statement of as many lines as it
 * needs: the figure has the rest of the screen.
 * @param {State} s
 * @returns {void}
 */
export function measure(s) {
  const tops = ["sentence", "graph-0"].map((name) => part(s, name).getBoundingClientRect().top + window.scrollY);
  holder(s).style.setProperty("--above", `${Math.round(Math.min(...tops))}px`);
  const bench = part(s, "rail").parentElement;
  bench.style.setProperty("--top", `${Math.round(bench.getBoundingClientRect().top + window.scrollY)}px`);
}

/**
 * Where the figures of a slot are, side by side. On a phone the slot itself is no box.
 * @param {State} s
 * @param {number} slot
 * @returns {HTMLElement | null | undefined}
 */
export const placeOf = (s, slot) => part(s, `graph-${slot}`)?.closest(".sides");

/**
 * Whether a slot is on screen, or as near to it as so many pixels.
 * @param {State} s
 * @param {number} slot
 * @param {number} [near]
 * @returns {boolean}
 */
export function onScreen(s, slot, near = 0) {
  const place = placeOf(s, slot);
  if (!place) return false;
  const { top, bottom } = place.getBoundingClientRect();
  return bottom > -near && top < window.innerHeight + near;
}
