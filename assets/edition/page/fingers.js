/* One slider at a time: the library of the sliders takes the moves of every finger for those of the
   one that holds the slider. */

let held = null;

const stop = (event) => event.stopImmediatePropagation();
const finger = (event) => event.changedTouches[0].identifier;

window.addEventListener("touchstart", (event) => {
  // a finger that the browser has taken away says no end
  if (event.touches.length === event.changedTouches.length) held = null;
  if (held !== null) stop(event);
  else if (event.target.closest?.(".control-slider")) held = finger(event);
}, true);
window.addEventListener("touchmove", (event) => { if (held !== null && finger(event) !== held) stop(event); }, true);
for (const kind of ["touchend", "touchcancel"])
  window.addEventListener(kind, (event) => {
    if (held === null) return;
    if (finger(event) === held) held = null;
    else stop(event);
  }, true);
