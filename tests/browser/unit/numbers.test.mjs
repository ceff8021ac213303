/* Arrays as they travel, and the rows of a figure. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, frames, heads, numbers, plain, rows, title, unpacked } from "../../../assets/edition/figures/numbers.js";

const packed = (array, dtype, more = {}) => ({ dtype, bdata: Buffer.from(array.buffer).toString("base64"), ...more });
const AXES = { title: { text: "t" }, xaxis: {}, yaxis: {} };

test("packed arrays are typed ones, others what they are", () => {
  const list = [1, 2];
  assert.equal(numbers(list), list);
  assert.equal(numbers(undefined), undefined);
  for (const [dtype, array] of Object.entries({
    f4: Float32Array.of(0.5, NaN), f8: Float64Array.of(Math.PI), i2: Int16Array.of(-32768, 7), i4: Int32Array.of(-1e9),
    u1: Uint8Array.of(255), u2: Uint16Array.of(65535),
  })) assert.deepEqual(numbers(packed(array, dtype)), array);
});

test("a tree is unpacked, and not changed", () => {
  const tree = { a: [{ b: packed(Float64Array.of(1, 2), "f8") }], c: null, d: "text" };
  const before = structuredClone(tree);
  assert.deepEqual(unpacked(tree), { a: [{ b: Float64Array.of(1, 2) }], c: null, d: "text" });
  assert.deepEqual(tree, before);
});

test("two dimensions are rows", () => {
  const array = packed(Float32Array.of(1, 2, 3, 4, 5, 6), "f4", { shape: "2, 3" });
  assert.deepEqual(plain(array), [[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(plain(null), []);
});

test("frames are decoded from 16 bits, gaps stay gaps", () => {
  const codes = Int16Array.of(-32500, 0, -32768, 32500, -32500, -32500);
  const trace = { bdata: packed(codes, "i2").bdata, scale: 0.001, offset: -2 };
  const curve = frames({ ...trace, shape: [2, 3] });
  assert.deepEqual(curve.map((frame) => Array.from(frame, (v) => Math.round(1000 * v) / 1000)), [[-2, 30.5, NaN], [63, -2, -2]]);
  const map = frames({ ...trace, shape: [1, 2, 3] });
  assert.equal(map.length, 1);
  assert.deepEqual(map[0].map((row) => row.length), [3, 3]);
  assert.equal(map[0][1][0], curve[1][0]);
});

test("curves are rows with their error, texts are none", () => {
  const data = [
    { name: "C<sub>W</sub>", x: [1, 2], y: packed(Float64Array.of(3, 4), "f8"), error_y: { array: [0.1, 0.2] } },
    { name: "words", mode: "text", x: [1], y: [1] },
    { name: "line", x: [0], y: [5] },
  ];
  assert.deepEqual(rows({ data, layout: AXES }), [["CW", 1, 3, 0.1], ["CW", 2, 4, 0.2], ["line", 0, 5, ""]]);
});

test("one trace may be several series, with gaps between", () => {
  const data = [{ name: "all", meta: "series", customdata: ["a", null, "b"], x: [1, null, 2], y: [3, null, 4] }];
  assert.deepEqual(rows({ data, layout: AXES }), [["a", 1, 3, ""], ["b", 2, 4, ""]]);
});

test("a heat map has a row a cell, at its middle", () => {
  const data = [{ name: "map", x: [0, 2, 4], y: [1, 100, 10000], z: [[0, 1], [2, 3]], meta: "log10" }];
  const found = rows({ data, layout: { ...AXES, yaxis: { type: "log" } } });
  assert.deepEqual(found, [["map", 1, 10, 1], ["map", 3, 10, 10], ["map", 1, 1000, 100], ["map", 3, 1000, 1000]]);
});

test("a heat map says its numbers, not its colours", () => {
  const heights = (trace) => rows({ data: [trace], layout: AXES }).map((row) => row[3]);
  assert.deepEqual(heights({ z: [[-2, 0, 3]], meta: "root" }), [-4, 0, 9]);
  assert.deepEqual(heights({ z: [[1, 1]], customdata: [[7, 8]], meta: "log10" }), [7, 8]);
});

test("a file quotes what would break it, after lines of comment", () => {
  const data = [{ name: 'a "b", c', x: [1 / 3], y: [2] }];
  assert.equal(csv(["one", "two"], { data, layout: AXES }), '# one\n# two\nseries,x,y,standard error\n"a ""b"", c",0.3333333,2,\n');
  assert.match(csv([], { data: [{ name: "a", x: [1], y: [NaN] }], layout: AXES }), /\na,1,,\n$/, "what is missing");
});

test("columns are named after what they hold", () => {
  const layout = { xaxis: { title: { text: "layer ℓ" } }, yaxis: { title: { text: "gap<br>1 − C<sup>ℓ</sup>" } } };
  assert.deepEqual(heads({ data: [{ y: [1] }], layout }), ["series", "layer ℓ", "gap 1 − Cℓ", "standard error"]);
  const map = { z: [[1]], name: "slope χ" };
  assert.equal(heads({ data: [map], layout })[3], "slope χ");
  assert.equal(heads({ data: [{ y: [1], error_y: {} }, map], layout })[3], "slope χ, or standard error");
});

test("titles are read without markup", () => {
  assert.equal(title({ title: { text: "depth<br>L<sup>2</sup>" } }), "depth L2");
  assert.equal(title(undefined), "");
});
