/* Page 4.1: the window is three parameters, which pan and zoom move. */

import { plot } from "../figures/drawing.js";
import { whenZoomed } from "../figures/plotly.js";
import { jump, write } from "../page/gate.js";
import { drop } from "./line.js";
import { clamp, place } from "./places.js";

/** @import { State } from "../page/state.js" */

const LEAST = 0.01, MOST = 100, FAR = 50;

/* Milliseconds within which one zoom goes on from where the last one is going. */
const UNDER_WAY = 600;

function go(s, { x, y, size }, push) {
  const digits = clamp(Math.ceil(4 - Math.log10(size)), 0, 8);
  const wanted = {
    size: Number(clamp(size, LEAST, MOST).toPrecision(4)),
    centre_x: Number(clamp(x, -FAR, FAR).toFixed(digits)),
    centre_y: Number(clamp(y, -FAR, FAR).toFixed(digits)),
  };
  s.aim = { at: performance.now(), x: wanted.centre_x, y: wanted.centre_y, size: wanted.size };
  if (push) jump(s, wanted);
  else write(s, wanted);
  return wanted;
}

/**
 * Make the window larger or smaller about a point, or about its middle as a step of its own.
 * @param {State} s
 * @param {number} factor
 * @param {{x: number, y: number} | null} about
 * @returns {void}
 */
export function zoom(s, factor, about) {
  const p = s.params;
  const now = s.aim && performance.now() - s.aim.at < UNDER_WAY ? s.aim : { x: p.centre_x, y: p.centre_y, size: p.size };
  const size = clamp(now.size * factor, LEAST, MOST);
  const fixed = about || now;
  const share = size / now.size;
  go(s, { x: fixed.x + share * (now.x - fixed.x), y: fixed.y + share * (now.y - fixed.y), size }, !about);
}

/* Plotly has moved its axes: the window follows, and plotly forgets. */
function moved(s, slot, gd, event) {
  if (!Object.keys(event).some((key) => /^[xy]axis\.range/.test(key))) return;
  const { xaxis, yaxis } = gd._fullLayout;
  const [x, y] = [xaxis, yaxis].map((axis) => (axis.range[0] + axis.range[1]) / 2);
  const side = Math.max(...[xaxis, yaxis].map((axis) => axis.range[1] - axis.range[0]));
  const size = Math.abs(side / s.params.size - 1) < 1e-6 ? s.params.size : side;
  setTimeout(() => {
    delete s.zoom.nodal_partition;
    const wanted = go(s, { x, y, size }, true);
    // nothing new to ask for, at the end of a range: back to where it was
    if (Object.entries(wanted).every(([param, value]) => s.params[param] === value)) plot(s, slot);
  }, 0);
}

/* Two fingers zoom; one scrolls the page. */
function pinch(s, gd) {
  const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  let apart = 0;
  gd.addEventListener("touchstart", ({ touches }) => {
    apart = touches.length === 2 ? spread(touches) : 0;
    // the first finger may have come down on an end of the line
    if (apart) drop();
  }, { capture: true, passive: true });
  gd.addEventListener("touchmove", (event) => {
    if (!apart || event.touches.length !== 2) return;
    event.preventDefault();
    const [a, b] = event.touches, now = Math.max(1, spread(event.touches));
    const at = place(gd, { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 });
    if (at) zoom(s, apart / now, at);
    apart = now;
  }, { capture: true, passive: false });
}

/**
 * Let plotly's axes, the wheel and two fingers move the window.
 * @param {State} s
 * @param {number} slot
 * @param {any} gd
 * @returns {void}
 */
export function followAxes(s, slot, gd) {
  whenZoomed(gd, (event) => moved(s, slot, gd, event));
  gd.addEventListener("wheel", (event) => {
    const at = (event.ctrlKey || event.metaKey) && place(gd, event);
    if (!at) return;
    event.preventDefault();
    zoom(s, Math.exp(clamp(event.deltaY, -100, 100) / 250), at);
  }, { passive: false });
  pinch(s, gd);
}
