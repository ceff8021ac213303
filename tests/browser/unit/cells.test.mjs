/* Page 4.1: colours, image and words of cells. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "../../../assets/edition/nodal/image.js";
import { area, locate } from "../../../assets/edition/nodal/network.js";
import { hex, range, shades, values } from "../../../assets/edition/nodal/shades.js";
import { surface } from "../../../assets/edition/nodal/surface.js";
import { cellSays, neuronSays, patternSays } from "../../../assets/edition/nodal/words.js";
import { randomNet, valuesAt } from "./nets.mjs";

const GREY = Uint8Array.from({ length: 3 * 256 }, (_, i) => Math.floor(i / 3));

/* A network with one neuron, on where x > 0, and the two cells it cuts [−1, 1]² into. */
function halves() {
  const net = randomNet(1, [1]);
  net.network.set([1, 0, 0, 2, 0.5]);
  return Object.assign(net, {
    cells: {
      corners: Float64Array.of(0, 0, 1, 0, 1, 2, 0, 2, 2, 0, 2, 2), offsets: [0, 4, 8], ring: [0, 1, 2, 3, 1, 4, 5, 2],
      last: Int32Array.of(0, 1), codes: Uint8Array.of(10, 200), region: Uint8Array.of(3, 4), maps: Float64Array.of(0, 0, 0.5, 2, 0, 0.5 - 2),
    },
    strands: { neuron: [0], component: [0], offsets: [0, 2], points: Float64Array.of(0, -1, 0, 1) },
    palettes: { output: GREY, gradient: GREY, pattern: GREY, region: GREY, layer: GREY },
    output: [0.5, 2.5], gradient: [0, 2], components: [1], loops: [0], lengths: [2],
  });
}

test("shades are colours of their palette", () => {
  assert.equal(hex(GREY, 171), "#ababab");
  assert.deepEqual(shades(halves(), "output").filter((_, i) => i % 6 === 0), [[0, "#000000"], [0.5, "#808080"], [1, "#ffffff"]]);
});

test("every colouring has its range and its numbers", () => {
  const net = halves();
  assert.deepEqual(range(net, "output"), [-2.5, 2.5]);
  assert.deepEqual(range(net, "gradient"), [0, 2]);
  assert.deepEqual(range(net, "layer"), [0, 1]);
  assert.deepEqual(range(net, "pattern"), [0, 255]);
  assert.deepEqual([...values(net, "pattern", 1)], [10, 200]);
  assert.deepEqual([...values(net, "region", 1)], [3, 4]);
  assert.deepEqual([...values(net, "layer", 0)], [0, 0]);
  assert.deepEqual([...values(net, "gradient", 1)], [0, 2]);
});

test("the image has a path a shade, in its units, and nothing that breaks an address", () => {
  const { source, x, y, sizex, sizey } = picture(halves(), { colour: "pattern" }, 1);
  assert.deepEqual([x, y, sizex, sizey], [-1, 1, 2, 2]);
  const paths = [...source.matchAll(/<path d='([^']*)' fill='([^']*)'/g)].map((path) => path.slice(1));
  assert.deepEqual(paths, [["M0 1000L500 1000L500 0L0 0Z", "%230a0a0a"], ["M500 1000L1000 1000L1000 0L500 0Z", "%23c8c8c8"]]);
  assert.doesNotMatch(source, /["#\n]/);
});

test("the output has a gradient where it is not flat, and level lines at round values", () => {
  const { source } = picture(halves(), { colour: "output" }, 1);
  assert.equal(source.match(/<linearGradient id='g/g).length, 1);
  const levels = [...source.matchAll(/<path d='M([\d.]+) [\d.]+L([\d.]+) [\d.]+' fill='none'/g)].map((path) => path.slice(1).map(Number));
  assert.ok(levels.length >= 6);
  for (const [from, to] of levels) {
    assert.equal(from, to, "upright, as the output grows with x");
    const height = 0.5 + 2 * (2 * from / 1000 - 1);
    assert.ok(Math.abs(height / 0.2 - Math.round(height / 0.2)) < 1e-2, `${height} is not a round level`);
  }
});

test("the surface is the output at its corners, in triangles that cover the window", () => {
  const net = halves();
  const trace = { name: "layer 1", visible: true, line: { color: "#123456" } };
  const flat = { data: [trace], layout: { template: { layout: { font: { size: 12 } } }, legend: {} } };
  const [[mesh, folds], layout] = surface(net, flat, 2);
  let covered = 0;
  for (const [k, i] of mesh.i.entries()) {
    const corners = [i, mesh.j[k], mesh.k[k]];
    covered += area(corners.map((v) => [mesh.x[v], mesh.y[v]]));
    for (const v of corners) assert.ok(Math.abs(mesh.z[v] - valuesAt(net, mesh.x[v], mesh.y[v]).at(-1)) < 1e-12);
  }
  assert.equal(covered, 4);
  assert.equal(folds.line.color, "#123456");
  assert.deepEqual(folds.x.filter((v) => v !== null), [0, 0, 0, 0]);
  assert.deepEqual(layout.scene.xaxis.range, [-1, 1]);
});

test("what is said of a neuron", () => {
  const net = halves();
  assert.equal(neuronSays(net, { neuron: 0, layers: 1 }), "No neuron is chosen: click a fold.");
  assert.equal(neuronSays(net, { neuron: 1, layers: 1 }), "H of neuron 1 (layer 1, no. 1): C_A = 1 piece, length 2.");
  assert.equal(neuronSays(net, { neuron: 1, layers: 0 }), "H of neuron 1 (layer 1, no. 1): C_A = 1 piece, not drawn while fewer layers are shown, length 2.");
  assert.equal(neuronSays(net, { neuron: 9, layers: 1 }), "This network has 1 neurons; there is no neuron 9.");
  Object.assign(net, { components: [0], loops: [2] });
  assert.equal(neuronSays(net, { neuron: 1, layers: 1 }), "H of neuron 1 (layer 1, no. 1): C_A = 0 pieces, 2 closed loops: it does not fold in this window.");
});

test("what is said of a cell", () => {
  const net = halves();
  const cell = locate(net, 0.5, -0.25);
  assert.deepEqual(cellSays(net, cell, 1), [
    "x = (0.5, −0.25), z = 1.5", "z = 2 x₁ + 0 x₂ + 0.5", "‖∇z‖ = 2, area 2", "1 neighbour, across neuron 1",
  ]);
  assert.equal(cellSays(net, cell, 0)[0], "Under all 1 layers:");
  assert.deepEqual(patternSays(net, cell), ["layer 1: ●"]);
  const deep = randomNet(8, [30, 3]);
  assert.match(patternSays(deep, locate(deep, 0, 0)).join(" "), /^layer 1: \d+ of 30 on layer 2: [●○]{3}$/);
});
