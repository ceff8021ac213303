/* Figures are drawn where they are on screen, and later where they are not. */

import { holder, measure, onScreen, pages, part } from "../page/state.js";
import { TOUCHED, dress } from "./dressing.js";
import { unmarked } from "./labels.js";
import { forget, react } from "./plotly.js";

/** @import { State } from "../page/state.js" */

const CONFIG = {
  // a finger has no place to hover over: the icons would stay on the title
  displayModeBar: TOUCHED ? false : "hover",
  displaylogo: false, showSendToCloud: false, doubleClick: false,
  modeBarButtonsToRemove: ["toImage", "lasso2d", "select2d", "autoScale2d"],
};

/* Pixels from the window's edge at which a figure is drawn before it is seen, and milliseconds after
   the last question from which on there is time for it. */
const NEAR = 200, REST = 250;

const followers = [];
const extensions = {};

/**
 * Call `extension` after every drawing of a figure.
 * @param {string} key
 * @param {(s: State, slot: number, gd: any, item: any) => void} extension
 * @returns {void}
 */
export const extend = (key, extension) => { extensions[key] = extension; };

/**
 * A figure has been drawn.
 * @param {State} s
 * @param {number} slot
 * @param {any} gd
 * @returns {void}
 */
export function extended(s, slot, gd) {
  const item = s.items[slot];
  if (item) extensions[item.key]?.(s, slot, gd, item);
}

/**
 * Call `follow` whenever a slot has been drawn.
 * @param {(s: State, slot: number) => void} follow
 * @returns {void}
 */
export const whenDrawn = (follow) => { followers.push(follow); };

/**
 * Draw a slot as its item, the look and the controls say.
 * @param {State} s
 * @param {number} slot
 * @returns {void}
 */
export function plot(s, slot) {
  s.pending.delete(slot);
  const figure = dress(s, slot);
  react(part(s, `graph-${slot}`), figure, CONFIG);
  part(s, `${slot}-slot`).setAttribute("aria-label", unmarked(figure.layout.title.text));
  for (const follow of followers) follow(s, slot);
}

function plotBeside(s, slot) {
  const gd = part(s, `beside-${slot}`);
  if (s.beside && s.items[slot] && s.beside.figures[slot])
    react(gd, dress(s, slot, true), { ...CONFIG, displayModeBar: false });
  else if (gd && gd.data) forget(gd);
}

/**
 * Draw slots that are in sight now, those that are nearly so when the controls rest, and the others
 * when they come on screen.
 * @param {State} s
 * @param {Iterable<number>} slots
 * @param {boolean} both side B too
 * @returns {void}
 */
export function redraw(s, slots, both) {
  for (const slot of slots) {
    if (!s.items[slot]) continue;
    if (onScreen(s, slot, 0)) {
      plot(s, slot);
      if (both) plotBeside(s, slot);
    } else s.pending.add(slot);
  }
  if (s.pending.size) soon();
}

/**
 * Draw all slots anew, wherever they are and whatever their size was.
 * @param {State} s
 * @returns {void}
 */
export function drawAll(s) {
  for (const slot of s.items.keys()) {
    for (const side of ["graph", "beside"]) part(s, `${side}-${slot}`).dowFrame = null;
    plot(s, slot);
    plotBeside(s, slot);
  }
}

let waiting = false, resting = 0;
function catchUp() {
  waiting = false;
  for (const s of Object.values(pages))
    for (const slot of s.pending) {
      // what nobody sees yet does not hold up a slider that is on its way
      const moving = s.index === 0 && (s.busy || performance.now() - s.sentAt < REST);
      if (moving) {
        clearTimeout(resting);
        resting = setTimeout(soon, REST);
      }
      if (!s.items[slot] || !onScreen(s, slot, moving ? 0 : NEAR)) continue;
      plot(s, slot);
      plotBeside(s, slot);
    }
}

/* After the next frame: what has been drawn for it is painted first. */
function soon() {
  if (!waiting) requestAnimationFrame(() => setTimeout(catchUp));
  waiting = true;
}

for (const name of ["scroll", "resize"]) window.addEventListener(name, soon, { passive: true });

/* Titles are broken to the width they have. */
let settling;
window.addEventListener("resize", () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    for (const s of Object.values(pages)) {
      if (holder(s)) measure(s);
      for (const slot of s.items.keys()) s.pending.add(slot);
    }
    catchUp();
  }, 200);
});
