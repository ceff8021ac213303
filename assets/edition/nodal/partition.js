/* Page 4.1 at work: point at a cell, click a fold, drag the line's ends, pan and zoom, play layers.
   Only pan, zoom and the line ask the server anything. */

import { extend } from "../figures/drawing.js";
import { whenTapped } from "../figures/taps.js";
import { jump } from "../page/gate.js";
import { endAt, grab, pull, pulled } from "./line.js";
import { locate, unpack } from "./network.js";
import "./figure.js";
import { build, refresh, tellCell } from "./panel.js";
import { NEAR_FOLD, pixels, place } from "./places.js";
import { followAxes } from "./window.js";

/* Say what is at a place, and outline its cell. */
function hover(s, gd, parts, at) {
  const cell = at && locate(gd.dowNet, at.x, at.y);
  gd.dowCell = cell;
  tellCell(s, gd, parts, cell);
  parts.outline.setAttribute("d", cell
    ? cell.points.map((p, i) => `${i ? "L" : "M"}${pixels(gd, p).join(" ")}`).join("") + "Z" : "");
}

/* Choose a neuron by its fold. */
function choose(s, gd, at) {
  const cell = locate(gd.dowNet, at.x, at.y);
  const { xaxis } = gd._fullLayout;
  const unit = xaxis._length / (xaxis.range[1] - xaxis.range[0]);
  let best = NEAR_FOLD, chosen = -1;
  for (const j of new Set(cell.sides)) {
    if (j < 0 || gd.dowNet.layerOf(j) > s.params.layers) continue;
    const [a, b, c] = cell.maps[j];
    const away = Math.abs(c) / Math.hypot(a, b) * unit;
    if (away < best) [best, chosen] = [away, j];
  }
  if (chosen >= 0) jump(s, { neuron: chosen + 1 });
}

function listen(s, slot, gd, parts) {
  let waiting = false;
  gd.addEventListener("pointerdown", (event) => {
    if (grab(s, gd, event)) hover(s, gd, parts, null);
  }, true);
  for (const kind of ["mousedown", "touchstart"])
    gd.addEventListener(kind, (event) => {
      if (!pulled()) return;
      event.stopPropagation();
      event.preventDefault();
    }, { capture: true, passive: false });
  gd.addEventListener("pointermove", (event) => {
    if (pulled()) return pull(event);
    if (waiting) return undefined;
    waiting = true;
    return requestAnimationFrame(() => {
      waiting = false;
      if (!pulled()) hover(s, gd, parts, place(gd, event));
    });
  });
  gd.addEventListener("pointerleave", () => hover(s, gd, parts, null));
  whenTapped(s, slot, gd, (event) => {
    const at = place(gd, event);
    if (!at) return;
    hover(s, gd, parts, at);
    if (endAt(gd, event) < 0) choose(s, gd, at);
  });
}

extend("nodal_partition", (s, slot, gd, item) => {
  gd.dowNet = unpack(item.extra);
  if (!gd.dowParts) {
    gd.dowParts = build(s, slot, gd);
    tellCell(s, gd, gd.dowParts, null);
    listen(s, slot, gd, gd.dowParts);
    followAxes(s, slot, gd);
  } else if (gd.dowShown !== gd.dowNet) {
    if (gd.dowCell) hover(s, gd, gd.dowParts, null);
    // a surface of another network or window
    document.querySelector(".nodal-surface")?.close();
  }
  gd.dowShown = gd.dowNet;
  refresh(s, gd, gd.dowParts);
});
