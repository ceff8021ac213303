/* Page 4.1: cells, chosen neuron, arrows and colour bar, put into the figure before it is drawn. */

import { prepare } from "../figures/dressing.js";
import { isBox } from "../page/elements.js";
import { pages, part } from "../page/state.js";
import { picture } from "./image.js";
import { pulled } from "./line.js";
import { unpack, value } from "./network.js";
import { range, shades } from "./shades.js";

const PIECES = 6, LEAST_ARROW = 0.02;

/* ---- the chosen neuron, arrows ------------------------------------------------------- */

function strand(net, k) {
  const { offsets, points } = net.strands;
  return points.subarray(2 * offsets[k], 2 * offsets[k + 1]);
}

/* The pieces of a neuron's zero set, in the six traces that `traces` are. */
function light(net, traces, neuron) {
  traces.forEach((trace) => { trace.x = []; trace.y = []; });
  net.strands.neuron.forEach((j, k) => {
    if (j !== neuron - 1) return;
    const trace = traces[net.strands.component[k] % PIECES];
    const points = strand(net, k);
    for (let i = 0; i < points.length; i += 2) {
      trace.x.push(points[i]);
      trace.y.push(points[i + 1]);
    }
    trace.x.push(null);
    trace.y.push(null);
  });
}

/* An arrow in the middle of every fold that is shown, to the side where its neuron is on. */
function point(net, trace, layers) {
  const side = net.window[1] - net.window[0];
  const [x, y, angle] = [[], [], []];
  net.strands.neuron.forEach((j, k) => {
    if (net.layerOf(j) > layers) return;
    const points = strand(net, k);
    let best = 0, at = 0;
    for (let i = 0; i + 3 < points.length; i += 2) {
      const length = Math.hypot(points[i + 2] - points[i], points[i + 3] - points[i + 1]);
      if (length > best) [best, at] = [length, i];
    }
    if (best < LEAST_ARROW * side) return;
    const [p, q] = [(points[at] + points[at + 2]) / 2, (points[at + 1] + points[at + 3]) / 2];
    const [dx, dy] = [(points[at + 2] - points[at]) / best, (points[at + 3] - points[at + 1]) / best];
    const step = 1e-3 * best;
    const sign = value(net, j, p - step * dy, q + step * dx) > value(net, j, p + step * dy, q - step * dx) ? 1 : -1;
    const [u, v] = [-sign * dy, sign * dx];
    const shift = 0.016 * side;
    x.push(p + shift * u);
    y.push(q + shift * v);
    angle.push(Math.atan2(u, v) * 180 / Math.PI);
  });
  Object.assign(trace, { x, y });
  trace.marker = { ...trace.marker, angle };
}

/* ---- layout --------------------------------------------------------------------------- */

const ROW = 20;

/* The legend stands beside the square, or in the rows that a small figure has made of it below. Its
   places are shares of the axes. */
function placeLegend({ data, layout }, { wide, legend, row }) {
  const names = Object.keys(layout).filter((name) => /^legend\d*$/.test(name)).sort();
  const own = { ...legend, xref: "paper", yref: "paper", xanchor: "left", yanchor: "top" };
  for (const [i, name] of names.entries()) layout[name] = { ...layout[name], ...own, y: legend.y - i * row };
  if (!wide) return;
  for (const name of names.slice(1)) delete layout[name];
  for (const trace of data) delete trace.legend;
}

/* A square as large as the graph allows, in exact pixels; legend, colour bar and, where the slot is
   a box, what is read off go to its right, or below where that makes it larger. Returns their places. */
function square(layout, slot, barred) {
  const place = part(pages.nodal_sets, `${slot}-slot`);
  const graph = place.querySelector(".graph");
  const scale = Number(getComputedStyle(document.documentElement).getPropertyValue("--scale")) || 1;
  const top = (layout.margin && layout.margin.t) || 34 * scale + 14;
  const fit = (l, r, b, beside) => {
    const width = graph.clientWidth - l - r, height = graph.clientHeight - top - b;
    return { l, r, b, width, height, side: Math.max(60, Math.min(width - beside, height)) };
  };
  const more = ROW * scale * Object.keys(layout).filter((name) => /^legend\d/.test(name)).length;
  const [beside, below] = [
    fit(66 * scale, 12, 58 * scale, (isBox(place) ? 300 : 150) * scale), fit(34 * scale, 12, (barred ? 104 : 62) * scale + more, 0),
  ];
  const wide = beside.side >= below.side;
  if (!wide) for (const axis of [layout.xaxis, layout.yaxis]) axis.title = { text: "" };
  const { l, r, b, width, height, side } = wide ? beside : below;
  Object.assign(layout, { margin: { t: top, l, r, b, autoexpand: false } });
  Object.assign(layout.xaxis, { domain: [0, side / width], automargin: false });
  Object.assign(layout.yaxis, { domain: [1 - side / height, 1], automargin: false });
  const [x, y] = [(side + 14) / width, 1 - side / height];
  return wide ? { wide, row: 0, legend: { orientation: "v", x, y: 1, entrywidth: 76 * scale }, bar: { x, xanchor: "left", y, yanchor: "bottom", len: 0.5 } }
    : {
      wide, row: ROW * scale / height, legend: { orientation: "h", x: 0, y: y - 26 * scale / height },
      bar: { orientation: "h", x: 0, xanchor: "left", y: y - (52 * scale + more) / height, yanchor: "top", len: Math.min(1, side / width), thickness: 10 },
    };
}

const TITLES = { output: "z(x)", gradient: "‖∇z‖" };

function showBar(net, trace, colour, { wide, bar }) {
  if (!TITLES[colour]) return;
  const [low, high] = range(net, colour);
  // an image has no level lines
  const lines = colour === "output" && net.cells ? ", dashed: 0" : "";
  trace.marker = {
    color: [low], cmin: low, cmax: high, showscale: true,
    colorscale: shades(net, colour),
    colorbar: { title: { text: wide ? TITLES[colour] + lines : "" }, outlinewidth: 0, thickness: 14, nticks: 5, ...bar },
  };
}

prepare("nodal_partition", (figure, item, params, slot) => {
  const net = unpack(item.extra);
  const depth = net.widths.length;
  const layers = Math.min(params.layers, depth);
  const traces = figure.data;
  const pieces = traces.slice(depth, depth + PIECES);
  const [arrows, scale, line] = traces.slice(depth + PIECES);
  traces.slice(0, depth).forEach((trace, k) => { trace.visible = k < layers; });
  const { title } = figure.layout;
  if (layers < depth) title.text += layers === 1 ? "; shown is layer 1" : `; shown are layers 1 to ${layers}`;
  if (net.cells) {
    light(net, pieces, net.layerOf(params.neuron - 1) <= layers ? params.neuron : 0);
    figure.layout.images = [picture(net, params, layers)];
  }
  if (params.arrows) point(net, arrows, layers);
  const places = square(figure.layout, slot, TITLES[params.colour]);
  showBar(net, scale, params.colour, places);
  placeLegend(figure, places);
  // while an end is being dragged the figure is behind the pointer
  const points = pulled();
  if (points) Object.assign(line, { x: points.map((p) => p[0]), y: points.map((p) => p[1]) });
});
