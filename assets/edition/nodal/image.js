/* Page 4.1: the cells as an SVG image. Knows nothing of the document. */

import { hex, range, values } from "./shades.js";

/** @import { Net } from "./network.js" */

const UNIT = 1000, LEVELS = 12;

// The picture is an address: single quotes, and no bare #.
const paint = (palette, i) => hex(palette, i).replace("#", "%23");
const fixed = (v) => Math.round(100 * v) / 100;
// a tenth of a thousandth of the square is enough where cells are small, and shorter
const coarse = (v) => Math.round(10 * v) / 10;

/* Corners in the image's units, whose y runs downward. */
function corners(net) {
  if (!net.unit) {
    const scale = UNIT / (net.window[1] - net.window[0]);
    net.unit = net.cells.corners.map((v, i) => (i % 2 ? UNIT - scale * v : scale * v));
  }
  return net.unit;
}

function outline(net, cell) {
  const { offsets, ring } = net.cells;
  const at = corners(net);
  const round = net.cells.last.length > 1000 ? coarse : fixed;
  let d = "M";
  for (let i = offsets[cell]; i < offsets[cell + 1]; i++)
    d += (d.length > 1 ? "L" : "") + round(at[2 * ring[i]]) + " " + round(at[2 * ring[i] + 1]);
  return d + "Z";
}

/* One path a shade; its stroke hides the seams between cells. */
function flat(net, colour, layers) {
  const [low, high] = range(net, colour);
  const palette = net.palettes[colour];
  const last = palette.length / 3 - 1;
  const paths = new Map();
  values(net, colour, layers).forEach((v, cell) => {
    const shade = Math.round(last * Math.min(1, Math.max(0, (v - low) / (high - low))));
    paths.set(shade, (paths.get(shade) || "") + outline(net, cell));
  });
  return [...paths].map(([shade, d]) => {
    const fill = paint(palette, shade);
    return `<path d='${d}' fill='${fill}' stroke='${fill}'/>`;
  }).join("");
}

/* The output itself: on every cell an exact gradient, and exact level lines. */
function shaded(net, ink) {
  const [low, high] = range(net, "output");
  const palette = net.palettes.output;
  const last = palette.length / 3 - 1;
  const { maps, last: cells } = net.cells;
  const scale = (net.window[1] - net.window[0]) / UNIT;
  const stops = Array.from({ length: 13 }, (_, k) =>
    `<stop offset='${k / 12}' stop-color='${paint(palette, Math.round(last * k / 12))}'/>`).join("");
  const defs = [`<linearGradient id='s'>${stops}</linearGradient>`], paths = [];
  for (let cell = 0; cell < cells.length; cell++) {
    // z = a x + b y + c in the image's units
    const a = maps[3 * cell] * scale, b = -maps[3 * cell + 1] * scale;
    const c = maps[3 * cell + 2] - b * UNIT;
    const size = a * a + b * b;
    let fill;
    if (Math.sqrt(size) * UNIT < 2e-3 * (high - low)) {
      const v = net.cells.ring[net.cells.offsets[cell]];
      const shade = (c + a * corners(net)[2 * v] + b * corners(net)[2 * v + 1] - low) / (high - low);
      fill = paint(palette, Math.round(last * Math.min(1, Math.max(0, shade))));
    } else {
      const [p, q] = [(low - c) / size, (high - c) / size];
      defs.push(`<linearGradient id='g${cell}' href='%23s' gradientUnits='userSpaceOnUse' x1='${fixed(a * p)}' ` +
        `y1='${fixed(b * p)}' x2='${fixed(a * q)}' y2='${fixed(b * q)}'/>`);
      fill = `url(%23g${cell})`;
    }
    paths.push(`<path d='${outline(net, cell)}' fill='${fill}' stroke='${fill}'/>`);
  }
  return `<defs>${defs.join("")}</defs>${paths.join("")}${levels(net, ink)}`;
}

/* The distance of round levels, about a dozen. */
function spacing([low, high]) {
  const raw = (high - low) / LEVELS || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((k) => k * power).find((step) => step >= raw);
}

/* Level lines: straight through every cell between two sides of its polygon. */
function levels(net, ink) {
  const { offsets, ring, maps, last } = net.cells;
  const at = corners(net);
  const scale = (net.window[1] - net.window[0]) / UNIT, step = spacing(net.output);
  const lines = new Map(), heights = [];
  for (let cell = 0; cell < last.length; cell++) {
    const first = offsets[cell], sides = offsets[cell + 1] - first;
    let low = Infinity, high = -Infinity;
    for (let i = 0; i < sides; i++) {
      const v = 2 * ring[first + i];
      heights[i] = (maps[3 * cell] * at[v] + maps[3 * cell + 1] * (UNIT - at[v + 1])) * scale + maps[3 * cell + 2];
      low = Math.min(low, heights[i]);
      high = Math.max(high, heights[i]);
    }
    for (let k = Math.ceil(low / step); k * step < high; k++) {
      const level = k * step;
      let d = "";
      for (let i = 0; i < sides; i++) {
        const j = i + 1 < sides ? i + 1 : 0;
        if (heights[i] < level === heights[j] < level) continue;
        const p = 2 * ring[first + i], q = 2 * ring[first + j];
        const share = (level - heights[i]) / (heights[j] - heights[i]);
        d += (d ? "L" : "M") + fixed(at[p] + share * (at[q] - at[p])) + " " + fixed(at[p + 1] + share * (at[q + 1] - at[p + 1]));
      }
      if (d.includes("L")) lines.set(k, (lines.get(k) || "") + d);
    }
  }
  return [...lines].map(([k, d]) => `<path d='${d}' fill='none' stroke='${ink}' opacity='0.75' ` +
    (k === 0 ? "stroke-width='2.6' stroke-dasharray='9 6'/>" : "stroke-width='0.8'/>")).join("");
}

/**
 * The cells as an image of a plotly layout, behind everything else.
 * @param {Net} net
 * @param {{colour: string}} params
 * @param {number} layers how many are shown
 * @returns {object}
 */
export function picture(net, params, layers) {
  const body = params.colour === "output" ? shaded(net, "%233a3733") : flat(net, params.colour, layers);
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${UNIT} ${UNIT}' width='${UNIT}' height='${UNIT}' ` +
    `preserveAspectRatio='none' stroke-width='0.9' stroke-linejoin='round'>${body}</svg>`;
  const [left, right, bottom, top] = net.window;
  return {
    source: `data:image/svg+xml,${svg}`,
    xref: "x", yref: "y", x: left, y: top, sizex: right - left, sizey: top - bottom,
    sizing: "stretch", layer: "below",
  };
}
