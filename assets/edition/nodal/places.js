/* Page 4.1: places in the figure, in pixels and in the plane. */

/** @import { Point } from "./network.js" */

/** Pixels within which a pointer is at a fold, or at an end of the line. */
export const NEAR_FOLD = 12, NEAR_END = 22;

/**
 * A number, or the end of a range beyond which it is.
 * @param {number} v
 * @param {number} low
 * @param {number} high
 * @returns {number}
 */
export const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

/**
 * Where an event is in the plane.
 * @param {any} gd
 * @param {{clientX: number, clientY: number}} event
 * @returns {{x: number, y: number} | null} null outside the axes
 */
export function place(gd, event) {
  const { xaxis, yaxis } = gd._fullLayout;
  const frame = gd.getBoundingClientRect();
  const [p, q] = [event.clientX - frame.left - xaxis._offset, event.clientY - frame.top - yaxis._offset];
  if (p < 0 || q < 0 || p > xaxis._length || q > yaxis._length) return null;
  return { x: xaxis.p2d(p), y: yaxis.p2d(q) };
}

/**
 * Where a point of the plane is in the graph, in pixels.
 * @param {any} gd
 * @param {Point} point
 * @returns {Point}
 */
export function pixels(gd, [x, y]) {
  const { xaxis, yaxis } = gd._fullLayout;
  return [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
}
