/* Taps of a finger and clicks of a mouse inside a figure's axes: down and up again at one place.
   A swipe, a drag, a second finger, and a finger that stops the page as it scrolls are none. */

/** @import { State } from "../page/state.js" */

/* Pixels within which a pointer stands still; milliseconds until a page that scrolled stands still,
   and until a click is not the first one of two. */
const STILL = 6, ROLLED = 80, TWICE = 350;

let down = null, second = false, waiting = 0, rolled = -ROLLED;

window.addEventListener("scroll", () => { rolled = performance.now(); }, { capture: true, passive: true });
window.addEventListener("pointercancel", () => { down = null; }, true);
window.addEventListener("pointerdown", () => {
  down = null;
  second = waiting > 0;
  clearTimeout(waiting);
  waiting = 0;
}, true);
window.addEventListener("pointerup", (event) => {
  const tapped = down;
  down = null;
  if (!tapped || Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) > STILL) return;
  // when the finger has left, of which figures hear, too
  waiting = setTimeout(() => {
    waiting = 0;
    for (const act of tapped.acts) act(event);
  }, tapped.magnified() ? TWICE : 0);
}, true);

/**
 * Call `act` with every tap inside the axes of a slot's figure. Where it is zoomed, two taps in a row
 * are none: they take the zoom back.
 * @param {State} s
 * @param {number} slot
 * @param {any} gd
 * @param {(event: PointerEvent) => void} act
 * @returns {void}
 */
export function whenTapped(s, slot, gd, act) {
  const magnified = () => Object.keys(s.zoom[s.items[slot]?.key] || {}).length > 0;
  gd.addEventListener("pointerdown", (event) => {
    const rolls = event.pointerType === "touch" && performance.now() - rolled < ROLLED;
    if (second || rolls || !event.isPrimary || event.button || !event.target.closest(".nsewdrag")) return;
    down ||= { x: event.clientX, y: event.clientY, magnified, acts: [] };
    down.acts.push(act);
  }, true);
}
