/* Page 4.1: the output as a surface over the window, for plotly with a third dimension. Knows
   nothing of the document. */

import { along } from "./network.js";
import { range, shades } from "./shades.js";

/** @import { Net } from "./network.js" */

const MANY = 1000;

/* Every cell is flat: a fan of triangles from its first corner. */
function faces(net) {
  const { corners, offsets, ring, maps, last } = net.cells;
  const [left, , bottom] = net.window;
  const count = corners.length / 2;
  const x = Float64Array.from({ length: count }, (_, v) => left + corners[2 * v]);
  const y = Float64Array.from({ length: count }, (_, v) => bottom + corners[2 * v + 1]);
  const z = new Float64Array(count);
  const i = [], j = [], k = [];
  for (let cell = 0; cell < last.length; cell++) {
    const [a, b, c] = maps.subarray(3 * cell, 3 * cell + 3);
    for (let at = offsets[cell]; at < offsets[cell + 1]; at++) {
      const v = ring[at];
      z[v] = a * corners[2 * v] + b * corners[2 * v + 1] + c;
      if (at < offsets[cell] + 2) continue;
      i.push(ring[offsets[cell]]);
      j.push(ring[at - 1]);
      k.push(v);
    }
  }
  return { x, y, z, i, j, k };
}

/* The folds of a layer, a little above the surface and a little below it, to be seen from both. */
function folds(net, layer, lift) {
  const { offsets, points, neuron } = net.strands;
  const x = [], y = [], z = [];
  neuron.forEach((j, strand) => {
    if (net.layerOf(j) !== layer) return;
    // a fold is bent by those of earlier layers, and its height by those of later ones too
    const corners = [];
    for (let at = 2 * offsets[strand]; at + 2 < 2 * offsets[strand + 1]; at += 2)
      corners.push(...along(net, points.slice(at, at + 2), points.slice(at + 2, at + 4)));
    for (const apart of [lift, -lift]) {
      for (const corner of corners) {
        x.push(corner[0]);
        y.push(corner[1]);
        z.push(corner[2] + apart);
      }
      for (const places of [x, y, z]) places.push(null);
    }
  });
  return { x, y, z };
}

/**
 * Traces and layout of the surface.
 * @param {Net} net
 * @param {{data: any[], layout: any}} flat the figure whose folds, colours and fonts it takes over
 * @param {number} tall how much higher than wide its place is, at least 1; it is seen from as much farther
 * @returns {[any[], any]}
 */
export function surface(net, flat, tall) {
  const [low, high] = range(net, "output");
  const digits = Math.min(6, Math.max(1, Math.ceil(3 - Math.log10(net.window[1] - net.window[0]))));
  const mesh = {
    type: "mesh3d", ...faces(net), flatshading: true, showscale: false, cmin: low, cmax: high,
    colorscale: shades(net, "output"), lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.05 },
    hovertemplate: `x = (%{x:.${digits}f}, %{y:.${digits}f})<br>z = %{z:.4g}<extra></extra>`,
  };
  mesh.intensity = mesh.z;
  const width = net.cells.last.length > MANY ? 1.5 : 3;
  const lines = flat.data.slice(0, net.widths.length).map((trace, l) => ({
    type: "scatter3d", mode: "lines", name: trace.name, visible: trace.visible, hoverinfo: "skip",
    ...folds(net, l + 1, 1e-3 * (high - low)), line: { color: trace.line.color, width },
  }));
  const { template, legend } = flat.layout;
  const axis = (text, ends) => ({
    title: { text }, nticks: 5, tickfont: { size: template.layout.font.size - 2 }, ...(ends && { range: ends }),
  });
  const [left, right, bottom, top] = net.window;
  const scene = {
    xaxis: axis("x₁", [left, right]), yaxis: axis("x₂", [bottom, top]), zaxis: axis("z(x)"),
    aspectmode: "manual", aspectratio: { x: 1, y: 1, z: 0.6 },
    camera: { eye: { x: 1.1 * tall, y: -1.3 * tall, z: 0.9 * tall }, center: { x: 0, y: 0, z: -0.1 } },
  };
  const { bgcolor, font } = legend;
  return [[mesh, ...lines], {
    template, scene, margin: { t: 0, r: 0, b: 0, l: 0, autoexpand: false },
    legend: { bgcolor, font, orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "top" },
  }];
}
