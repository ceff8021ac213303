/* Page 4.1: the colours of its cells. Knows nothing of the document. */

/** @import { Net } from "./network.js" */

/**
 * A shade of a palette.
 * @param {Uint8Array} palette red, green and blue of every shade
 * @param {number} i
 * @returns {string} "#rrggbb"
 */
export const hex = (palette, i) =>
  "#" + [0, 1, 2].map((k) => palette[3 * i + k].toString(16).padStart(2, "0")).join("");

/**
 * The values of the first and the last shade of a colouring.
 * @param {Net} net
 * @param {string} colour
 * @returns {[number, number]}
 */
export function range(net, colour) {
  if (colour === "output") {
    const most = Math.max(...net.output.map(Math.abs)) || 1;
    return [-most, most];
  }
  if (colour === "gradient") return [0, net.gradient[1] || 1];
  return [0, colour === "layer" ? net.widths.length : 255];
}

/**
 * The number of every cell that gives it its shade.
 * @param {Net} net
 * @param {string} colour
 * @param {number} layers how many are shown
 * @returns {ArrayLike<number>}
 */
export function values(net, colour, layers) {
  const { codes, last, region, maps } = net.cells;
  const count = last.length;
  if (colour === "pattern") return codes.subarray((layers - 1) * count, layers * count);
  if (colour === "region") return region;
  if (colour === "layer") return last.map((layer) => Math.min(layer, layers));
  return Float32Array.from({ length: count }, (_, i) => Math.hypot(maps[3 * i], maps[3 * i + 1]));
}

/**
 * A colouring's shades as plotly takes them.
 * @param {Net} net
 * @param {string} colour
 * @returns {[number, string][]}
 */
export function shades(net, colour) {
  const palette = net.palettes[colour];
  const last = palette.length / 3 - 1;
  return Array.from({ length: 13 }, (_, k) => [k / 12, hex(palette, Math.round(last * k / 12))]);
}
