/* Page 4.1: what is read off, in words: the chosen neuron, the cell that is pointed at. Knows nothing
   of the document. */

import { counted, inWords, signed } from "../page/spelling.js";
import { area } from "./network.js";

/** @import { Cell, Net } from "./network.js" */

const SHOWN_PATTERN = 24;

const name = (net, j) => {
  const layer = net.layerOf(j);
  return `neuron ${j + 1} (layer ${layer}, no. ${j - net.layers[layer - 1].first + 1})`;
};

/**
 * The chosen neuron: its pieces, loops and length.
 * @param {Net} net
 * @param {{neuron: number, layers: number}} params
 * @returns {string}
 */
export function neuronSays(net, params) {
  const j = params.neuron - 1;
  if (j < 0) return "No neuron is chosen: click a fold.";
  if (j >= net.neurons) return `This network has ${net.neurons} neurons; there is no neuron ${j + 1}.`;
  const [pieces, loops] = [net.components[j], net.loops[j]];
  const says = [`H of ${name(net, j)}: C_A = ${counted(pieces, "piece")}`];
  if (loops) says.push(`, ${counted(loops, "closed loop")}`);
  if (pieces && net.layerOf(j) > params.layers) says.push(", not drawn while fewer layers are shown");
  says.push(pieces ? `, length ${inWords(net.lengths[j])}.` : ": it does not fold in this window.");
  return says.join("");
}

function across(sides) {
  const neurons = [...new Set(sides)].map((j) => j + 1).sort((p, q) => p - q);
  if (!neurons.length) return "none";
  return `${neurons.length === 1 ? "neuron" : "neurons"} ${neurons.join(", ")}`;
}

/**
 * A cell: its place and value, its map, its size and its neighbours.
 * @param {Net} net
 * @param {Cell} cell
 * @param {number} layers how many are shown
 * @returns {string[]}
 */
export function cellSays(net, cell, layers) {
  const [a, b, c] = cell.output;
  const sides = cell.sides.filter((j) => j >= 0);
  const depth = net.widths.length;
  return [
    ...(layers < depth ? [`Under all ${depth} layers:`] : []),
    `x = (${inWords(cell.x)}, ${inWords(cell.y)}), z = ${inWords(c)}`,
    `z = ${inWords(a)} x₁ ${signed(b, " x₂")} ${signed(c - a * cell.x - b * cell.y)}`,
    `‖∇z‖ = ${inWords(Math.hypot(a, b))}, area ${inWords(area(cell.points))}`,
    `${counted(sides.length, "neighbour")}, across ${across(sides)}`,
  ];
}

/**
 * Which neurons are on in a cell, a line for every layer.
 * @param {Net} net
 * @param {Cell} cell
 * @returns {string[]}
 */
export function patternSays(net, { on }) {
  return net.layers.slice(0, -1).map(({ n, first }, k) => {
    const bits = Array.from(on.subarray(first, first + n));
    const said = n <= SHOWN_PATTERN ? bits.map((bit) => (bit ? "●" : "○")).join("")
      : `${bits.filter(Boolean).length} of ${n} on`;
    return `layer ${k + 1}: ${said}`;
  });
}
