/* What is meant by what is typed or pasted into a box. Knows nothing of the document. */

const MINUS = /[\u2010-\u2015\u2212\uFE63\uFF0D]/g;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const PARTS = { "½": 0.5, "¼": 0.25, "¾": 0.75 };
// A factor and a power of ten: 1e4, 10^4, 2·10⁻³, -10⁶.
const POWERS = [
  /^(?<factor>.+)[eE](?<power>[-+]?\d+)$/,
  /^(?<factor>[-+]?|.+[·×⋅*x])10\^?(?<power>(?<=\^)[-+]?\d+|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/,
];
// Groups of three digits, between marks that are not the decimal one.
const GROUPED = [
  /^[-+]?\d{1,3}(?:[\s'’_]\d{3})+(?:[.,]\d+)?$/,
  /^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)$|^[-+]?\d{1,3}(?:,\d{3}){2,}$/,
  /^[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)$|^[-+]?\d{1,3}(?:\.\d{3}){2,}$/,
];
const MARKS = [/[\s'’_]/g, /,/g, /\./g];
// 1 or 1000, as one is used to.
const EITHER = /^[-+]?[1-9]\d{0,2},\d{3}$/;

/**
 * The number that a text means, however it is spelled: with either decimal mark, groups of three
 * digits, powers of ten, a true minus sign.
 * @param {string} text
 * @returns {number} NaN where it is none, or may be another one as well
 */
export function number(text) {
  const typed = text.trim().replace(MINUS, "-");
  const part = /^(?<sign>[-+]?)(?<whole>\d*)(?<rest>[½¼¾])$/.exec(typed)?.groups;
  if (part) return Number(`${part.sign}1`) * (Number(part.whole) + PARTS[part.rest]);
  const found = POWERS.map((pattern) => pattern.exec(typed.replace(/\s*([·×⋅*x])\s*/, "$1"))?.groups).find(Boolean);
  if (!found) return decimal(typed);
  const factor = found.factor.replace(/[·×⋅*x]$/, "");
  const power = found.power.replace("⁻", "-").replace("⁺", "+").replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String(RAISED.indexOf(digit)));
  const digits = /^[-+]?$/.test(factor) ? `${factor}1` : plain(factor);
  return digits === null ? NaN : Number(`${digits}e${power}`);
}

function decimal(text) {
  const digits = plain(text);
  return digits === null ? NaN : Number(digits);
}

/* Digits with a decimal point, if any; null where the text has none, or says two things. */
function plain(text) {
  if (EITHER.test(text)) return null;
  const at = GROUPED.findIndex((pattern) => pattern.test(text));
  const whole = (at < 0 ? text : text.replace(MARKS[at], "")).replace(",", ".");
  return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(whole) ? whole : null;
}

/**
 * Points as they are typed or pasted, with plain minus signs.
 * @param {string} text
 * @returns {string}
 */
export const pairs = (text) => text.trim().replace(MINUS, "-");
