/* Page 4.1: the panel beside the square: its buttons, and what is read off. */

import { button, element, isBox, typeset } from "../page/elements.js";
import { write } from "../page/gate.js";
import { part } from "../page/state.js";
import { openSurface } from "./dialog.js";
import { bring, isAway } from "./line.js";
import { zoom } from "./window.js";
import { cellSays, neuronSays, patternSays } from "./words.js";

/** @import { State } from "../page/state.js" */
/** @import { Cell } from "./network.js" */

const SVG = "http://www.w3.org/2000/svg";
const BEAT = 900;

/**
 * @typedef {object} Panel
 * @property {HTMLElement} panel
 * @property {HTMLElement} neuron
 * @property {HTMLElement} cell
 * @property {SVGPathElement} outline of the cell that is pointed at
 * @property {HTMLButtonElement} play
 * @property {HTMLButtonElement} bring
 * @property {HTMLButtonElement} surface
 * @property {number | null} timer of the layers that are played
 */

/**
 * Put the panel into a figure's slot, and what is drawn over the figure onto it.
 * @param {State} s
 * @param {number} slot
 * @param {any} gd
 * @returns {Panel}
 */
export function build(s, slot, gd) {
  const parts = {
    neuron: element("p", { class: "nodal-neuron", role: "status" }),
    cell: element("div", { class: "nodal-cell" }),
    play: button("Play layers", () => play(s, parts), "Play the layers"),
    bring: button("Line here", () => bring(s), "Bring the line into the window"),
    surface: button("3-D", () => openSurface(gd.dowNet, gd), "The output in three dimensions"),
    outline: document.createElementNS(SVG, "path"),
    timer: null,
  };
  const buttons = element("div", { class: "nodal-buttons" }, parts.play,
    button("+", () => zoom(s, 0.5, null), "Zoom in"), button("−", () => zoom(s, 2, null), "Zoom out"),
    parts.bring, parts.surface);
  parts.panel = element("div", { class: "nodal-panel" }, buttons, parts.neuron, parts.cell);
  const overlay = document.createElementNS(SVG, "svg");
  overlay.classList.add("nodal-overlay");
  overlay.append(parts.outline);
  const place = part(s, `${slot}-slot`);
  place.querySelector(".sides").after(parts.panel);
  place.querySelector(".graph").append(overlay);
  return parts;
}

/**
 * Put the panel beside the square where the figure has left room, else below it.
 * @param {any} gd
 * @param {Panel} parts
 * @returns {void}
 */
export function arrange(gd, { panel }) {
  const { xaxis } = gd._fullLayout;
  const legend = gd.querySelector(".legend")?.getBoundingClientRect();
  const bar = gd.querySelector(".colorbar .cbbg")?.getBoundingClientRect();
  const frame = gd.getBoundingClientRect();
  const edge = Math.max(...[legend, bar].filter((r) => r && r.width).map((r) => r.right - frame.left), xaxis._offset + xaxis._length);
  const wide = isBox(panel.parentElement) && xaxis.domain[1] < 0.97 && frame.width - edge > 150;
  panel.classList.toggle("aside", wide);
  panel.style.left = wide ? `${edge + 18}px` : "";
}

/**
 * Say what a newly drawn figure lets be done, and its chosen neuron.
 * @param {State} s
 * @param {any} gd
 * @param {Panel} parts
 * @returns {void}
 */
export function refresh(s, gd, parts) {
  const net = gd.dowNet;
  parts.bring.hidden = !isAway(s.params, gd);
  // where there are more cells than are drawn one by one, none of them is here
  parts.surface.disabled = !net.cells;
  parts.surface.title = net.cells ? "" : "There are too many cells here for 3-D: 5000 at most";
  arrange(gd, parts);
  const text = neuronSays(net, s.params);
  if (parts.neuron.dataset.said === text) return;
  parts.neuron.dataset.said = text;
  parts.neuron.replaceChildren(...typeset(text));
}

/**
 * Say what is read off a cell.
 * @param {State} s
 * @param {any} gd
 * @param {Panel} parts
 * @param {Cell | null} cell null where none is pointed at
 * @returns {void}
 */
export function tellCell(s, gd, parts, cell) {
  const net = gd.dowNet;
  const lines = cell
    ? [...cellSays(net, cell, s.params.layers).map((text) => element("p", {}, text)),
      ...patternSays(net, cell).map((text) => element("p", { class: "nodal-pattern" }, text))]
    : [element("p", { class: "quiet" }, "Point at a cell for its pattern, map, area and neighbours.")];
  parts.cell.replaceChildren(...lines);
}

/* ---- layers ------------------------------------------------------------------------------------ */

function play(s, parts) {
  const depth = s.items[0].extra.widths.length;
  if (parts.timer) return stop(parts);
  parts.play.textContent = "Pause";
  let layer = 0;
  const beat = () => {
    if (!parts.panel.isConnected) return stop(parts);
    // an image has to come first
    if (s.busy) return undefined;
    layer += 1;
    write(s, { layers: layer < depth ? layer : s.meta.fields.layers.high });
    return layer >= depth ? stop(parts) : undefined;
  };
  parts.timer = setInterval(beat, BEAT);
  return beat();
}

function stop(parts) {
  clearInterval(parts.timer);
  parts.timer = null;
  parts.play.textContent = "Play layers";
}
