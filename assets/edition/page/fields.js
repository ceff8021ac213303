/* What fields allow, and where their sliders stand. Knows nothing of the document. */

/** @import { Field, Params } from "./state.js" */

/**
 * The default of every field.
 * @param {Record<string, Field>} fields
 * @returns {Params}
 */
export const defaults = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/**
 * Whether a field may have what its box holds.
 * @param {Field} field
 * @param {unknown} value
 * @returns {boolean}
 */
export function legal(field, value) {
  if (field.kind === "flag") return typeof value === "boolean";
  if (field.kind === "choice") return typeof value === "string";
  if (field.kind === "points") return typeof value === "string" && /^([-+.\de]+~[-+.\de]+(_|$))*$/.test(value);
  // whether it means a function the server knows
  if (field.kind === "formula") return typeof value === "string" && /^[a-z\d.+\-*/() ^·−]{1,60}$/.test(value);
  return typeof value === "number" && Number.isFinite(value) && value >= field.low &&
    value <= field.high && (field.kind === "real" || Number.isInteger(value));
}

/**
 * Whether a field has no effect in a setting.
 * @param {Field} field
 * @param {Params} params
 * @returns {boolean}
 */
export function idle(field, params) {
  const holds = ([name, values]) => values.includes(params[name]);
  const { shown_if_any: any, shown_if_all: all } = field;
  return !all.every(holds) || (any.length > 0 && !any.some(holds));
}

/**
 * The fields that have a slider, by name.
 * @param {Record<string, Field>} fields
 * @returns {[string, Field][]}
 */
export const sliding = (fields) => Object.entries(fields).filter(
  ([, field]) => field.slider && (field.kind === "integer" || field.kind === "real"));

/* The index of the stop nearest to `value`; the lower one of two. */
function nearest(ladder, value) {
  let best = 0;
  ladder.forEach((one, i) => {
    if (Math.abs(one - value) < Math.abs(ladder[best] - value)) best = i;
  });
  return best;
}

/**
 * Where a slider stands when its box says `value`.
 * @param {Field} field
 * @param {number} value
 * @returns {number} the index of a stop, or the value itself where there is no ladder
 */
export const position = (field, value) => (field.ladder ? nearest(field.ladder, value) : value);

/**
 * Where the sliders stand when the boxes say `params`.
 * @param {Record<string, Field>} fields
 * @param {Params} params
 * @returns {Record<string, number>}
 */
export const positions = (fields, params) =>
  Object.fromEntries(sliding(fields).map(([name, field]) => [name, position(field, params[name])]));

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

/* With as many decimals as the field's step has. */
const rounded = (field, v) => Number(v.toFixed(Math.max(0, Math.ceil(-Math.log10(field.step)))));

/**
 * What a slider at `at` puts into its box, which says `value`: that, if it is at this stop.
 * @param {Field} field
 * @param {number} at
 * @param {unknown} value
 * @returns {number}
 */
export function stop(field, at, value) {
  if (field.ladder)
    return typeof value === "number" && nearest(field.ladder, value) === at ? value : field.ladder[at];
  const target = rounded(field, at);
  return typeof value === "number" && Math.abs(target - value) < field.step / 2 ? value : target;
}

/**
 * Where a slider at `at` goes by a tenth of its way.
 * @param {Field} field
 * @param {number} at
 * @param {1 | -1} sign
 * @returns {number}
 */
export function leap(field, at, sign) {
  if (field.ladder) {
    const stops = Math.max(1, Math.round(field.ladder.length / 10));
    return clamp(at + sign * stops, 0, field.ladder.length - 1);
  }
  return clamp(at + sign * Math.max(field.step, (field.high - field.low) / 10), field.low, field.high);
}

/**
 * What a slider at `at` puts into its box when a key has moved it by one stop.
 * @param {Field} field
 * @param {number} at
 * @param {1 | -1} sign
 * @param {unknown} value what its box says now
 * @returns {number | null} null where it stands at its end
 */
export function following(field, at, sign, value) {
  const next = at + sign * (field.ladder ? 1 : field.step);
  const inside = field.ladder ? next in field.ladder : rounded(field, next) >= field.low && rounded(field, next) <= field.high;
  return inside ? stop(field, next, value) : null;
}

/**
 * The value a step above or below one: the next stop of the ladder, or as far as the field's step.
 * @param {Field} field
 * @param {number} value
 * @param {1 | -1} sign
 * @returns {number}
 */
export function step(field, value, sign) {
  const beyond = (one) => sign * (one - value) > 0;
  const next = field.ladder ? (sign > 0 ? field.ladder.find(beyond) : field.ladder.findLast(beyond)) ?? value
    : rounded(field, value + sign * field.step);
  return clamp(next, field.low, field.high);
}

/**
 * The legal value of a number's field that is nearest to `value`.
 * @param {Field} field
 * @param {number} value
 * @returns {number}
 */
export function settled(field, value) {
  const near = field.ladder ? field.ladder[nearest(field.ladder, value)]
    : rounded(field, Math.round(value / field.step) * field.step);
  return clamp(near, field.low, field.high);
}
