/* Page 4.1: the network in the browser. Its values, and the cell around a point, from the weights
   alone, so that a cell can be asked about however many there are. Knows nothing of the document. */

import { unpacked } from "../figures/numbers.js";

/**
 * @typedef {object} Net A network, as the server sends it, with typed arrays.
 * @property {number[]} widths
 * @property {[number, number, number, number]} window left, right, bottom, top
 * @property {Layer[]} layers hidden ones and the output
 * @property {number} neurons of all hidden layers
 * @property {(neuron: number) => number} layerOf from 1
 * @property {any} cells null where there are too many of them
 * @property {any} strands pieces of the neurons' zero sets
 */

/** @typedef {{n: number, m: number, first: number, w: Float64Array, b: Float64Array}} Layer `first` counts the neurons before it. */

/** @typedef {[number, number]} Point */

/**
 * @typedef {object} Cell
 * @property {number} x
 * @property {number} y the point that it has been looked for from
 * @property {Uint8Array} on whether a neuron is
 * @property {Point[]} points its corners
 * @property {number[]} sides the neuron on each side, −1 for the window's border
 * @property {[number, number, number][]} maps of all neurons: slopes, and the value at (x, y)
 * @property {[number, number, number]} output
 */

const known = new WeakMap();

/**
 * What the server sent, with typed arrays; made once.
 * @param {any} extra
 * @returns {Net}
 */
export function unpack(extra) {
  if (!known.has(extra)) known.set(extra, ready(unpacked(extra)));
  return known.get(extra);
}

function ready(given) {
  let at = 0, m = 2, first = 0;
  given.layers = [...given.widths, 1].map((n) => {
    const layer = { n, m, first, w: given.network.subarray(at, at + n * m), b: given.network.subarray(at + n * m, at + n * m + n) };
    at += n * m + n;
    m = n;
    first += n;
    return layer;
  });
  given.neurons = given.layers[given.widths.length].first;
  given.layerOf = (j) => given.layers.findLastIndex((layer) => layer.first <= j) + 1;
  return given;
}

/**
 * The cell around a point.
 * @param {Net} net
 * @param {number} x
 * @param {number} y
 * @returns {Cell}
 */
export function locate(net, x, y) {
  const [left, right, bottom, top] = net.window;
  let cell = { points: [[left, bottom], [right, bottom], [right, top], [left, top]], sides: [-1, -1, -1, -1] };
  const on = new Uint8Array(net.neurons), maps = [];
  // maps are taken at (x, y), so that a zoom loses no digits
  let inputs = [[1, 0, x], [0, 1, y]];
  for (const { n, m, first, w, b } of net.layers.slice(0, -1)) {
    const next = [];
    for (let i = 0; i < n; i++) {
      const map = affine(inputs, w, i * m, m, b[i]);
      maps.push(map);
      on[first + i] = map[2] > 0 ? 1 : 0;
      cell = clip(cell, map, x, y, on[first + i] ? 1 : -1, first + i);
      next.push(on[first + i] ? map : null);
    }
    inputs = next;
  }
  const { w, b, m } = net.layers.at(-1);
  return { x, y, on, maps, ...cell, output: affine(inputs, w, 0, m, b[0]) };
}

/* One neuron's map from those it reads; null stands for one that is off. */
function affine(inputs, w, at, m, bias) {
  let a = 0, b = 0, c = bias;
  for (let k = 0; k < m; k++) {
    const from = inputs[k];
    if (!from) continue;
    const weight = w[at + k];
    a += weight * from[0];
    b += weight * from[1];
    c += weight * from[2];
  }
  return [a, b, c];
}

/* The part of a convex polygon where sign · map ≥ 0; the cut is labelled with the neuron. */
function clip({ points, sides }, [a, b, c], x, y, sign, neuron) {
  const values = points.map(([p, q]) => sign * (a * (p - x) + b * (q - y) + c));
  if (values.every((v) => v >= 0)) return { points, sides };
  const kept = [], labels = [];
  for (let i = 0; i < points.length; i++) {
    const j = (i + 1) % points.length;
    if (values[i] >= 0) {
      kept.push(points[i]);
      labels.push(sides[i]);
    }
    if (values[i] >= 0 !== values[j] >= 0) {
      const t = values[i] / (values[i] - values[j]);
      kept.push([points[i][0] + t * (points[j][0] - points[i][0]), points[i][1] + t * (points[j][1] - points[i][1])]);
      labels.push(values[i] >= 0 ? neuron : sides[i]);
    }
  }
  return kept.length ? { points: kept, sides: labels } : { points, sides };
}

/**
 * The area of a polygon, its corners counter-clockwise.
 * @param {Point[]} points
 * @returns {number}
 */
export function area(points) {
  const [x, y] = points[0];
  let sum = 0;
  points.forEach(([p, q], i) => {
    const [r, t] = points[(i + 1) % points.length];
    sum += 0.5 * ((p - x) * (t - y) - (r - x) * (q - y));
  });
  return sum;
}

/**
 * A neuron's value at a point, before it is rectified.
 * @param {Net} net
 * @param {number} neuron from 0; the first one after all hidden ones is the output
 * @param {number} x
 * @param {number} y
 * @returns {number}
 */
export function value(net, neuron, x, y) {
  let h = [x, y];
  for (const { n, m, first, w, b } of net.layers) {
    const z = (i) => {
      let sum = b[i];
      for (let k = 0; k < m; k++) sum += w[i * m + k] * h[k];
      return sum;
    };
    if (neuron < first + n) return z(neuron - first);
    h = Array.from({ length: n }, (_, i) => Math.max(0, z(i)));
  }
  return NaN;
}

/**
 * The output along the segment from p to q: its corners, exactly.
 * @param {Net} net
 * @param {Point} p
 * @param {Point} q
 * @returns {[number, number, number][]} x, y and the output
 */
export function along(net, p, q) {
  let corners = [[0, p], [1, q]];
  for (const { n, m, w, b } of net.layers.slice(0, -1)) {
    const reached = corners.map(([t, h]) => [t, Array.from({ length: n }, (_, i) => dot(w, i * m, h) + b[i])]);
    // wherever a neuron changes sign there is one corner more
    corners = reached.flatMap(([t, z], i) => {
      const [after, next] = reached[i + 1] || [t, z];
      const shares = z.flatMap((v, k) => (v * next[k] < 0 ? [v / (v - next[k])] : [])).sort((a, c) => a - c);
      return [0, ...shares].map((share) => [
        t + share * (after - t), z.map((v, k) => Math.max(0, v + share * (next[k] - v))),
      ]);
    });
  }
  const { w, b } = net.layers.at(-1);
  return corners.map(([t, h]) => [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1]), dot(w, 0, h) + b[0]]);
}

function dot(weights, at, h) {
  let sum = 0;
  for (let k = 0; k < h.length; k++) sum += weights[at + k] * h[k];
  return sum;
}
