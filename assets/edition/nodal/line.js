/* Page 4.1: the line, whose ends can be pulled. */

import { jump, write } from "../page/gate.js";
import { NEAR_END, clamp, pixels } from "./places.js";

/** @import { State } from "../page/state.js" */
/** @import { Point } from "./network.js" */

const MOST = 100;
let held = null;

/**
 * The trace that is the line.
 * @param {any} gd
 * @returns {{x: ArrayLike<number>, y: ArrayLike<number>}}
 */
export const lineOf = (gd) => gd.data.at(-1);

const pointsOf = ({ x, y }) => Array.from(x, (_, i) => [x[i], y[i]]);

/**
 * The line as a pointer has pulled it; null while none does.
 * @returns {Point[] | null}
 */
export const pulled = () => held && held.points;

/**
 * The end of the line that is under a pointer.
 * @param {any} gd
 * @param {{clientX: number, clientY: number}} event
 * @returns {number} −1 where there is none
 */
export function endAt(gd, event) {
  const frame = gd.getBoundingClientRect();
  const away = pointsOf(lineOf(gd)).map((point) => {
    const [left, top] = pixels(gd, point);
    return Math.hypot(left + frame.left - event.clientX, top + frame.top - event.clientY);
  });
  const end = away.indexOf(Math.min(...away));
  return away[end] < NEAR_END ? end : -1;
}

/**
 * Take the end of the line that is under a pointer.
 * @param {State} s
 * @param {any} gd
 * @param {PointerEvent} event
 * @returns {boolean} whether there is one
 */
export function grab(s, gd, event) {
  const end = endAt(gd, event);
  if (end < 0) return false;
  held = { s, gd, end, points: pointsOf(lineOf(gd)), waiting: false };
  gd.setPointerCapture(event.pointerId);
  return true;
}

/**
 * Let go of the line, which stays where it has been drawn.
 * @returns {void}
 */
export function drop() {
  held = null;
}

/**
 * Pull the end that is held to where a pointer is.
 * @param {PointerEvent} event
 * @returns {void}
 */
export function pull(event) {
  const { s, gd } = held;
  const { xaxis, yaxis } = gd._fullLayout;
  const frame = gd.getBoundingClientRect();
  const digits = clamp(Math.ceil(3 - Math.log10(s.params.size)), 1, 4);
  held.points[held.end] = [
    xaxis.p2d(clamp(event.clientX - frame.left - xaxis._offset, 0, xaxis._length)),
    yaxis.p2d(clamp(event.clientY - frame.top - yaxis._offset, 0, yaxis._length)),
  ].map((v) => Number(clamp(v, -MOST, MOST).toFixed(digits)));
  if (held.waiting) return;
  held.waiting = true;
  requestAnimationFrame(follow);
}

/* The line goes where the pointer has pulled it since the last frame. */
function follow() {
  if (!held?.waiting) return;
  held.waiting = false;
  const { s, gd, points } = held;
  window.Plotly.restyle(gd, { x: [points.map((p) => p[0])], y: [points.map((p) => p[1])] }, [gd.data.length - 1]);
  write(s, { line: points });
}

for (const kind of ["pointerup", "pointercancel"])
  window.addEventListener(kind, () => {
    // the last move may have come within the frame of the release
    follow();
    drop();
  });

/**
 * Whether an end of the line is out of the window.
 * @param {{size: number, centre_x: number, centre_y: number}} params
 * @param {any} gd
 * @returns {boolean}
 */
export const isAway = ({ size, centre_x, centre_y }, gd) =>
  pointsOf(lineOf(gd)).some(([x, y]) => Math.max(Math.abs(x - centre_x), Math.abs(y - centre_y)) > size / 2);

/**
 * Lay the line across the middle of the window, where its ends can be taken.
 * @param {State} s
 * @returns {void}
 */
export function bring(s) {
  const { size, centre_x: x, centre_y: y } = s.params;
  const [low, high] = [-0.4, 0.4].map((share) => Number((x + share * size).toFixed(4)));
  jump(s, { line: [[low, y], [high, y]] });
}
