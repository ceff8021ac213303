/* Random networks, as the server sends them for page 4.1, and their values worked out plainly. */

import { unpack } from "../../../assets/edition/nodal/network.js";
import { generator } from "./random.mjs";

/**
 * Numbers as the server packs them.
 * @param {number[]} list
 * @returns {{dtype: string, bdata: string}}
 */
export const packed = (list) =>
  ({ dtype: "f8", bdata: Buffer.from(Float64Array.from(list).buffer).toString("base64") });

/**
 * A network over the square [−1, 1]² with random weights.
 * @param {number} seed
 * @param {number[]} widths
 * @returns {import("../../../assets/edition/nodal/network.js").Net}
 */
export function randomNet(seed, widths) {
  const random = generator(seed);
  const numbers = [];
  let m = 2;
  for (const n of [...widths, 1]) {
    for (let i = 0; i < n * m; i++) numbers.push((2 * random() - 1) * 2 / Math.sqrt(m));
    for (let i = 0; i < n; i++) numbers.push(random() - 0.5);
    m = n;
  }
  return unpack({ widths, window: [-1, 1, -1, 1], network: packed(numbers) });
}

/**
 * The values of all neurons at a point before they are rectified, the output last.
 * @param {import("../../../assets/edition/nodal/network.js").Net} net
 * @param {number} x
 * @param {number} y
 * @returns {number[]}
 */
export function valuesAt(net, x, y) {
  const all = [];
  let inputs = [x, y];
  for (const { n, m, w, b } of net.layers) {
    const z = Array.from({ length: n }, (_, i) => b[i] + inputs.reduce((sum, h, k) => sum + w[i * m + k] * h, 0));
    all.push(...z);
    inputs = z.map((v) => Math.max(0, v));
  }
  return all;
}
