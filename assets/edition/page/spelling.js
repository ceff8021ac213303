/* How values are written: in the address, in files, in Python, in words. Knows nothing of the
   document. */

/** @import { Field, Params } from "./state.js" */

/**
 * A parameter's value as the address spells it.
 * @param {unknown} value a flag, a number, a word, or points, as lists or as text already
 * @returns {string}
 */
export function spelled(value) {
  if (typeof value === "boolean") return value ? "1" : "0";
  return Array.isArray(value) ? points(value) : String(value);
}

/**
 * Points as text, as their box holds them.
 * @param {[number, number][]} list
 * @returns {string}
 */
export const points = (list) => list.map((point) => point.join("~")).join("_");

/* A flag, a number or a name as Python spells it. */
function inPython(value) {
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? `'${value}'` : String(value);
}

/**
 * The lines of Python that give the numbers of a page.
 * @param {{before: string, values: Record<string, string>, after: string}} parts as the server sends them
 * @param {string[]} local fields that the server need not be asked for
 * @param {Params} params what they are now
 * @returns {string}
 */
export function inLines({ before, values, after }, local, params) {
  const said = Object.entries(values).map(([name, value]) =>
    `${name}=${local.includes(name) ? inPython(params[name]) : value}`);
  return before + said.join(", ") + after;
}

/**
 * A number with as many digits as are worth reading; anything else as it is.
 * @template T
 * @param {T} value
 * @param {number} [digits]
 * @returns {T | string}
 */
export const short = (value, digits = 7) =>
  (typeof value === "number" ? String(Number(value.toPrecision(digits))) : value);

/**
 * A number in a sentence: four digits, and a true minus sign.
 * @param {number} value
 * @returns {string}
 */
export const inWords = (value) => short(value, 4).replace("-", "−");

/**
 * A number that is added to what stands before it, with its sign.
 * @param {number} value
 * @param {string} [unit] what it is multiplied with
 * @returns {string}
 */
export const signed = (value, unit = "") => `${value < 0 ? "−" : "+"} ${inWords(Math.abs(value))}${unit}`;

/**
 * A number of things: "1 piece", "3 pieces".
 * @param {number} count
 * @param {string} one
 * @returns {string}
 */
export const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/**
 * What of a setting is not default, as the address spells it.
 * @param {Record<string, Field>} fields
 * @param {Params} params
 * @returns {string} without a question mark
 */
export const queryOf = (fields, params) => Object.entries(fields)
  .filter(([name, field]) => spelled(params[name]) !== spelled(field.default))
  .map(([name]) => `${name}=${encodeURIComponent(spelled(params[name]))}`).join("&");

/* Names that a reader of HTML takes for characters when they stand after "&": &centre is ¢re. */
const CHARACTERS = new RegExp("(?<=&)(?=[aeiou](?:acute|circ|grave|uml)|[ano]tilde|szlig|ccedil|yacute|yuml|" +
  "acute|aelig|amp|aring|brvbar|cedil|cent|copy|curren|deg|divide|eth|frac(?:12|14|34)|gt|iexcl|iquest|laquo|lt|macr|micro|" +
  "middot|nbsp|not|ord[fm]|oslash|para|plusmn|pound|quot|raquo|reg|sect|shy|sup[123]|thorn|times|uml|yen)[a-z]", "g");
const escaped = (letter) => `%${letter.charCodeAt(0).toString(16)}`;

/**
 * Side B as the address spells it: with no sign that would be read as one of side A's, however often
 * it is decoded.
 * @param {string} query of side B, without a question mark
 * @returns {string}
 */
export const sideB = (query) => query.replaceAll("=", ":").replaceAll("&", ",") || "default";

/**
 * The part of an address after the path: `query`, words about how the page is shown, and side B.
 * @param {string} query of side A, without a question mark
 * @param {string | null} [beside] the query of side B
 * @param {Iterable<[string, string]>} [view]
 * @returns {string}
 */
export function search(query, beside = null, view = []) {
  const shown = Array.from(view, ([name, value]) => `${name}=${value.replace(/[%&#+]/g, encodeURIComponent)}`);
  const words = [query, ...shown, beside === null ? "" : `b=${sideB(beside)}`].filter(Boolean);
  // where ~ strikes words out, a link would end at the first one
  return words.length ? `?${words.join("&").replaceAll("~", "%7E").replace(CHARACTERS, escaped)}` : "";
}
