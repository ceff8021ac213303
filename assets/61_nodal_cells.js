/* Page 4.1: cells, chosen neuron, arrows and colour bar, put into the figure before it is drawn. */
(function () {
  "use strict";

  const { prepare, nodal } = window.dow;
  const UNIT = 1000, PIECES = 6, LEVELS = 12, LEAST_ARROW = 0.02;

  const hex = (palette, i) =>
    "#" + [0, 1, 2].map((k) => palette[3 * i + k].toString(16).padStart(2, "0")).join("");

  /* The values of the first and the last shade of a colouring. */
  function range(net, colour) {
    if (colour === "output") {
      const most = Math.max(...net.output.map(Math.abs)) || 1;
      return [-most, most];
    }
    if (colour === "gradient") return [0, net.gradient[1] || 1];
    return [0, colour === "layer" ? net.widths.length : 255];
  }

  /* The number of every cell that gives it its shade. */
  function values(net, colour, layers) {
    const { codes, last, region, maps } = net.cells;
    const count = last.length;
    if (colour === "pattern") return codes.subarray((layers - 1) * count, layers * count);
    if (colour === "region") return region;
    if (colour === "layer") return last.map((layer) => Math.min(layer, layers));
    return Float32Array.from({ length: count }, (_, i) => Math.hypot(maps[3 * i], maps[3 * i + 1]));
  }

  /* ---- the cells as an SVG image ---------------------------------------------------- */

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

  function picture(net, params, layers) {
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
      const sign = nodal.value(net, j, p - step * dy, q + step * dx) > nodal.value(net, j, p + step * dy, q - step * dx) ? 1 : -1;
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

  /* A square as large as the graph allows, in exact pixels; legend, colour bar and what is read off
     go to its right, or below where that makes it larger. Returns their places. */
  function square(layout, slot, barred) {
    const graph = document.querySelector(`#nodal_sets-${slot}-slot .graph`);
    const scale = Number(getComputedStyle(document.documentElement).getPropertyValue("--scale")) || 1;
    const top = (layout.margin && layout.margin.t) || 34 * scale + 14;
    const fit = (l, r, b, beside) => {
      const width = graph.clientWidth - l - r, height = graph.clientHeight - top - b;
      return { l, r, b, width, height, side: Math.max(60, Math.min(width - beside, height)) };
    };
    const [beside, below] = [
      fit(66 * scale, 12, 58 * scale, 300 * scale), fit(34 * scale, 12, (barred ? 104 : 62) * scale, 0),
    ];
    const wide = beside.side >= below.side;
    if (!wide) for (const axis of [layout.xaxis, layout.yaxis]) axis.title = { text: "" };
    const { l, r, b, width, height, side } = wide ? beside : below;
    Object.assign(layout, { margin: { t: top, l, r, b, autoexpand: false } });
    Object.assign(layout.xaxis, { domain: [0, side / width], automargin: false });
    Object.assign(layout.yaxis, { domain: [1 - side / height, 1], automargin: false });
    const [x, y] = [(side + 14) / width, 1 - side / height];
    return wide ? { wide, legend: { orientation: "v", x, y: 1, entrywidth: 76 * scale }, bar: { x, xanchor: "left", y, yanchor: "bottom", len: 0.5 } }
      : {
        wide, legend: { orientation: "h", x: 0, y: y - 26 * scale / height },
        bar: { orientation: "h", x: 0, xanchor: "left", y: y - 52 * scale / height, yanchor: "top", len: Math.min(1, side / width), thickness: 10 },
      };
  }

  const TITLES = { output: "z(x)", gradient: "‖∇z‖" };

  /* A colouring's shades as plotly takes them. */
  function shades(net, colour) {
    const palette = net.palettes[colour];
    const last = palette.length / 3 - 1;
    return Array.from({ length: 13 }, (_, k) => [k / 12, hex(palette, Math.round(last * k / 12))]);
  }

  function bar(net, trace, colour, { wide, bar }) {
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
    const net = nodal.unpack(item.extra);
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
    bar(net, scale, params.colour, places);
    figure.layout.legend = { ...figure.layout.legend, ...places.legend };
    // while an end is being dragged the figure is behind the pointer
    const held = nodal.held();
    if (held) Object.assign(line, { x: held.points.map((p) => p[0]), y: held.points.map((p) => p[1]) });
  });

  Object.assign(nodal, { range, shades });
})();
