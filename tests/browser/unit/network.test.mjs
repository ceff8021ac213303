/* Page 4.1: the network in the browser against its values worked out plainly. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { along, area, locate, unpack, value } from "../../../assets/edition/nodal/network.js";
import { packed, randomNet, valuesAt } from "./nets.mjs";
import { generator } from "./random.mjs";

const near = (a, b, within = 1e-10) => assert.ok(Math.abs(a - b) <= within * (1 + Math.abs(b)), `${a} is not ${b}`);
const NETS = [randomNet(1, [3]), randomNet(2, [5, 4]), randomNet(3, [8, 8, 8])];

test("a network is cut into its layers, once", () => {
  const [net] = NETS.slice(1);
  assert.deepEqual(net.layers.map(({ n, m, first }) => [n, m, first]), [[5, 2, 0], [4, 5, 5], [1, 4, 9]]);
  assert.equal(net.neurons, 9);
  assert.deepEqual([0, 4, 5, 8].map(net.layerOf), [1, 1, 2, 2]);
  assert.equal(net.layers.reduce((sum, { w, b }) => sum + w.length + b.length, 0), net.network.length);
  const extra = { widths: [1], window: [-1, 1, -1, 1], network: packed([1, 2, 3, 4, 5]) };
  assert.equal(unpack(extra), unpack(extra));
});

test("values of all neurons", () => {
  const random = generator(5);
  for (const net of NETS)
    for (let k = 0; k < 20; k++) {
      const [x, y] = [2 * random() - 1, 2 * random() - 1];
      for (const [j, z] of valuesAt(net, x, y).entries()) near(value(net, j, x, y), z);
    }
});

test("the cell around a point has its pattern, and its maps hold in all of it", () => {
  const random = generator(6);
  for (const net of NETS)
    for (let k = 0; k < 30; k++) {
      const [x, y] = [2 * random() - 1, 2 * random() - 1];
      const cell = locate(net, x, y);
      const values = valuesAt(net, x, y);
      assert.deepEqual(Array.from(cell.on), values.slice(0, -1).map((z) => Number(z > 0)));
      assert.equal(cell.points.length, cell.sides.length);
      // between the middle and every corner, where the cell is
      const share = 0.95 * random();
      for (const [p, q] of cell.points) {
        const [u, v] = [x + share * (p - x), y + share * (q - y)];
        const there = valuesAt(net, u, v);
        for (const [j, [a, b, c]] of [...cell.maps, cell.output].entries())
          near(a * (u - x) + b * (v - y) + c, there[j], 1e-9);
      }
    }
});

test("a side is where its neuron is zero", () => {
  for (const net of NETS) {
    const cell = locate(net, 0.1, -0.2);
    for (const [i, j] of cell.sides.entries()) {
      const ends = [cell.points[i], cell.points[(i + 1) % cell.points.length]];
      for (const [x, y] of ends)
        if (j >= 0) near(valuesAt(net, x, y)[j], 0, 1e-9);
        else near(Math.max(Math.abs(x), Math.abs(y)), 1);
    }
  }
});

test("the cells tile the window", () => {
  for (const net of NETS) {
    const cells = new Map();
    // every cell that a fine grid meets; those it misses are smaller than it is fine
    for (let x = -0.995; x < 1; x += 0.01)
      for (let y = -0.9951; y < 1; y += 0.01) {
        const pattern = valuesAt(net, x, y).slice(0, -1).map((z) => Number(z > 0)).join("");
        if (!cells.has(pattern)) cells.set(pattern, area(locate(net, x, y).points));
      }
    for (const size of cells.values()) assert.ok(size > 0);
    near([...cells.values()].reduce((sum, size) => sum + size, 0), 4, 2e-3);
  }
});

test("the area of a polygon", () => {
  near(area([[0, 0], [3, 0], [0, 4]]), 6);
  near(area([[0, 0], [0, 4], [3, 0]]), -6);
  near(area([[1e6, 1e6], [1e6 + 1e-3, 1e6], [1e6 + 1e-3, 1e6 + 1e-3], [1e6, 1e6 + 1e-3]]), 1e-6, 1e-3);
});

test("along a segment the output is straight between corners, and every corner is a fold", () => {
  const random = generator(7);
  for (const net of NETS)
    for (let k = 0; k < 20; k++) {
      const [p, q] = [[2 * random() - 1, 2 * random() - 1], [2 * random() - 1, 2 * random() - 1]];
      const corners = along(net, p, q);
      assert.deepEqual([corners[0].slice(0, 2), corners.at(-1).slice(0, 2)].flat().map((v) => v.toFixed(9)), [...p, ...q].map((v) => v.toFixed(9)));
      for (const [i, [x, y, z]] of corners.entries()) {
        near(z, valuesAt(net, x, y).at(-1), 1e-9);
        if (i + 1 === corners.length) continue;
        const [u, v, w] = corners[i + 1];
        near((z + w) / 2, valuesAt(net, (x + u) / 2, (y + v) / 2).at(-1), 1e-9);
        if (i > 0) near(Math.min(...valuesAt(net, x, y).slice(0, -1).map(Math.abs)), 0, 1e-9);
      }
    }
});
