/* The numbers of a figure: arrays as they travel, and rows of a table. Knows nothing of the document. */

import { short } from "../page/spelling.js";
import { unmarked } from "./labels.js";

/** @typedef {{bdata: string, dtype: string, shape?: string}} Packed Numbers, packed as plotly reads them. */

const TYPES = {
  f4: Float32Array, f8: Float64Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array,
};

function bytes(text) {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

/**
 * A list of numbers, packed or not.
 * @param {any} array
 * @returns {any} a typed array where it was packed, else the list itself
 */
export const numbers = (array) =>
  (array?.bdata === undefined ? array : new TYPES[array.dtype](bytes(array.bdata).buffer));

/**
 * A copy of a tree whose packed arrays are typed ones.
 * @param {any} node
 * @returns {any}
 */
export function unpacked(node) {
  if (!node || typeof node !== "object") return node;
  if (node.bdata !== undefined) return numbers(node);
  if (Array.isArray(node)) return node.map(unpacked);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, unpacked(value)]));
}

/**
 * A plain list of numbers, or of rows where the array has two dimensions.
 * @param {any} array
 * @returns {any[]}
 */
export function plain(array) {
  if (!array) return [];
  const flat = Array.from(numbers(array));
  if (!array.shape) return flat;
  const [rows, columns] = array.shape.split(",").map(Number);
  return Array.from({ length: rows }, (_, r) => flat.slice(r * columns, (r + 1) * columns));
}

/**
 * Frames of one trace as float arrays, or lists of rows for a heat map.
 * @param {{bdata: string, shape: number[], scale: number, offset: number}} trace 16-bit codes of values; −32768 is a gap
 * @returns {(Float32Array | Float32Array[])[]}
 */
export function frames({ bdata, shape: [count, n, m], scale, offset }) {
  const codes = numbers({ bdata, dtype: "i2" });
  const size = n * (m || 1);
  return Array.from({ length: count }, (_, k) => {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      const code = codes[k * size + i];
      values[i] = code === -32768 ? NaN : (code + 32500) * scale + offset;
    }
    return m ? Array.from({ length: n }, (_unused, r) => values.subarray(r * m, (r + 1) * m)) : values;
  });
}

/* ---- rows ---------------------------------------------------------------------- */

/** @typedef {[string, any, any, any]} Row Series, x, y, error or value. */

/* The numbers of a heat map; `meta` says how their colours are spread. */
const SPREAD = { log10: (z) => 10 ** z, root: (z) => Math.sign(z) * z * z };
function heights(trace) {
  const spread = SPREAD[trace.meta] || ((z) => z);
  return plain(trace.customdata || trace.z).map((row) => Array.from(row, trace.customdata ? (z) => z : spread));
}

/* Where the cells of a heat map are: between their borders, if those are given. */
function middles(places, count, axis) {
  if (places.length !== count + 1) return places;
  const mean = axis?.type === "log" ? (a, b) => Math.sqrt(a * b) : (a, b) => (a + b) / 2;
  return places.slice(1).map((b, i) => mean(places[i], b));
}

function cellsOf(trace, { xaxis, yaxis }) {
  const cells = heights(trace);
  const xs = middles(plain(trace.x), cells[0].length, xaxis);
  const ys = middles(plain(trace.y), cells.length, yaxis);
  return cells.flatMap((row, j) => row.map((z, i) => [unmarked(trace.name), xs[i] ?? i, ys[j] ?? j, z]));
}

function pointsOf(trace) {
  const [ys, errors] = [plain(trace.y), trace.error_y ? plain(trace.error_y.array) : []];
  // or several series, with gaps between that have no name
  const names = trace.meta === "series" ? trace.customdata : null;
  return plain(trace.x).flatMap((x, i) => (!names || names[i]
    ? [[unmarked(names ? names[i] : trace.name), x, ys[i], errors[i] ?? ""]] : []));
}

/**
 * Rows of everything that a figure shows.
 * @param {{data: any[], layout: any}} figure
 * @returns {Row[]}
 */
export const rows = ({ data, layout }) => data.flatMap((trace) =>
  (trace.z ? cellsOf(trace, layout) : trace.mode === "text" ? [] : pointsOf(trace)));

/**
 * The title of a figure or of an axis, without its markup.
 * @param {any} part
 * @returns {string}
 */
export const title = (part) => unmarked(part?.title?.text);

/**
 * What the columns of a figure's rows hold, in words.
 * @param {{data: any[], layout: any}} figure
 * @returns {string[]}
 */
export function heads({ data, layout }) {
  const maps = data.filter((trace) => trace.z);
  const value = maps.map((trace) => title(trace.colorbar) || unmarked(trace.name)).find(Boolean) || "value";
  const errors = data.some((trace) => trace.error_y);
  const last = maps.length && errors ? `${value}, or standard error` : maps.length ? value : "standard error";
  return ["series", title(layout.xaxis) || "x", title(layout.yaxis) || "y", last];
}

const quoted = (v) => (typeof v === "string" && /[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v);

/**
 * A figure's rows as the text of a CSV file, after lines of comment.
 * @param {string[]} head
 * @param {{data: any[], layout: any}} figure
 * @returns {string}
 */
export function csv(head, figure) {
  // what is missing is an empty cell
  const line = (row) => row.map((v) => (Number.isNaN(v) ? "" : quoted(short(v)))).join(",");
  return [...head.map((text) => `# ${text}`), ...[heads(figure), ...rows(figure)].map(line)].join("\n") + "\n";
}
