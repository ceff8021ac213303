/* Labels that make way for dots, where there is little room. Knows nothing of the document. */

import { along, boxesOf } from "./labels.js";
import { plain } from "./numbers.js";

/** @import { Room } from "./labels.js" */

/* More dots than these are a cloud, in which no place is free; half of a dot's size; pixels of a step. */
const CLOUD = 150, HALF = 4, STEP = 3;

/* Where the dots of a figure are, and their error bars, in pixels from the left and from below. */
function dotsOf({ data, layout }, { width, height }) {
  return data.flatMap((trace) => {
    const xs = plain(trace.x);
    if (!trace.mode?.includes("markers") || trace.visible === false || xs.length > CLOUD) return [];
    const ys = plain(trace.y);
    const place = (letter, value, length) => {
      const ref = trace[`${letter}axis`] || letter;
      const log = layout[ref.replace(letter, `${letter}axis`)]?.type === "log";
      return along(layout, { [`${letter}ref`]: ref, [letter]: log ? Math.log10(value) : value }, letter, length).at;
    };
    const errors = plain(trace.error_y?.array);
    const bar = (i) => (errors[i] > 0 ? [-1, -0.5, 0, 0.5, 1].map((share) => ys[i] + share * errors[i]) : [ys[i]]);
    return xs.flatMap((x, i) => bar(i).map((y) => [place("x", x, width), place("y", y, height)]))
      .filter((dot) => dot.every(Number.isFinite));
  });
}

/**
 * Labels that lie on dots are moved up or down to the nearest place where they lie on none, nor on
 * another label, nor beyond one: the order of labels is that of their lines. One that finds no such place
 * within three lines stays.
 * @param {{data: any[], layout: any}} figure is changed
 * @param {Room} room
 * @param {string} bgcolor what shines through where a label has moved: lines
 * @returns {void}
 */
export function dodgeDots(figure, room, bgcolor) {
  const boxes = boxesOf(figure.layout, room);
  if (!boxes.length) return;
  const dots = dotsOf(figure, room);
  const onDot = ({ left, right, high }, low) => dots.some(([x, y]) =>
    left - HALF < x && x < right + HALF && low - HALF < y && y < low + high + HALF);
  for (const box of boxes) {
    if (!onDot(box, box.low)) continue;
    const others = boxes.filter((other) => other !== box && other.left < box.right && box.left < other.right);
    const free = (low) => low >= 0 && low + box.high <= room.height && !onDot(box, low) &&
      others.every((other) => (other.low < box.low ? low >= other.low + other.high : other.low >= low + box.high));
    const shift = Array.from({ length: Math.floor(3 * room.row / STEP) }, (_, k) => (k + 1) * STEP)
      .flatMap((step) => [step, -step]).find((step) => free(box.low + step));
    if (shift === undefined) continue;
    box.low += shift;
    Object.assign(box.note, { yshift: (box.note.yshift || 0) + shift, bgcolor });
  }
}
