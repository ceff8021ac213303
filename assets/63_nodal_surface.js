/* Page 4.1: the output as a surface over the window, when it is asked for. What draws in three
   dimensions is fetched then, and not before. */
(function () {
  "use strict";

  const { nodal } = window.dow;
  const { element } = nodal;
  const TURN = Math.PI / 18, NEARER = 1.1;
  let coming = null;

  /* All of plotly; the page's own, without a third dimension, keeps its place. */
  function library() {
    return (coming ||= new Promise((done, lost) => {
      const own = window.Plotly;
      const script = document.createElement("script");
      script.src = `/assets/plotly-3d.min.js?${document.documentElement.dataset.surface}`;
      script.addEventListener("load", () => {
        const whole = window.Plotly;
        window.Plotly = own;
        done(whole);
      });
      script.addEventListener("error", () => {
        coming = null;
        script.remove();
        lost(new Error("not there"));
      });
      document.head.append(script);
    }));
  }

  /* ---- what is drawn ------------------------------------------------------------------------ */

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
        corners.push(...nodal.along(net, points.slice(at, at + 2), points.slice(at + 2, at + 4)));
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

  /* `tall`: how much higher than wide its place is, at least 1; it is seen from as much farther. */
  function figure(net, flat, tall) {
    const [low, high] = nodal.range(net, "output");
    const digits = Math.min(6, Math.max(1, Math.ceil(3 - Math.log10(net.window[1] - net.window[0]))));
    const surface = {
      type: "mesh3d", ...faces(net), flatshading: true, showscale: false, cmin: low, cmax: high,
      colorscale: nodal.shades(net, "output"), lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.05 },
      hovertemplate: `x = (%{x:.${digits}f}, %{y:.${digits}f})<br>z = %{z:.4g}<extra></extra>`,
    };
    surface.intensity = surface.z;
    const width = net.cells.last.length > 1000 ? 1.5 : 3;
    const lines = flat.data.slice(0, net.widths.length).map((trace, l) => ({
      type: "scatter3d", mode: "lines", name: trace.name, visible: trace.visible, hoverinfo: "skip",
      ...folds(net, l + 1, 1e-3 * (high - low)), line: { color: trace.line.color, width },
    }));
    const { template, legend } = flat.layout;
    const axis = (text, range) => ({
      title: { text }, nticks: 5, tickfont: { size: template.layout.font.size - 2 }, ...(range && { range }),
    });
    const [left, right, bottom, top] = net.window;
    const scene = {
      xaxis: axis("x₁", [left, right]), yaxis: axis("x₂", [bottom, top]), zaxis: axis("z(x)"),
      aspectmode: "manual", aspectratio: { x: 1, y: 1, z: 0.6 },
      camera: { eye: { x: 1.1 * tall, y: -1.3 * tall, z: 0.9 * tall }, center: { x: 0, y: 0, z: -0.1 } },
    };
    const { bgcolor, font } = legend;
    return [[surface, ...lines], {
      template, scene, margin: { t: 0, r: 0, b: 0, l: 0, autoexpand: false },
      legend: { bgcolor, font, orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "top" },
    }];
  }

  /* ---- the dialog ---------------------------------------------------------------------------- */

  const hasWebGL = () => Boolean(document.createElement("canvas").getContext("webgl"));

  /* Arrows turn the surface about what is looked at, plus and minus bring it nearer and farther. */
  function turned({ eye, center }, key) {
    const [x, y, z] = ["x", "y", "z"].map((axis) => eye[axis] - center[axis]);
    let distance = Math.hypot(x, y, z), around = Math.atan2(y, x), up = Math.asin(z / distance);
    if (key === "ArrowLeft") around -= TURN;
    else if (key === "ArrowRight") around += TURN;
    else if (key === "ArrowUp") up = Math.min(up + TURN, 0.49 * Math.PI);
    else if (key === "ArrowDown") up = Math.max(up - TURN, -0.49 * Math.PI);
    else if (key === "+" || key === "=") distance /= NEARER;
    else if (key === "-") distance *= NEARER;
    else return null;
    return {
      x: center.x + distance * Math.cos(up) * Math.cos(around),
      y: center.y + distance * Math.cos(up) * Math.sin(around),
      z: center.z + distance * Math.sin(up),
    };
  }

  /* An open dialog: { dialog, note, graph }. It goes when it is closed, and with the page whose
     figure's `slot` it is put into. */
  function open(slot) {
    const dialog = element("dialog", "nodal-surface");
    dialog.setAttribute("aria-label", "The output z(x) in three dimensions");
    const note = element("p", "");
    note.setAttribute("role", "status");
    const close = element("button", "button", "Close");
    const graph = element("div", "nodal-surface-graph");
    graph.tabIndex = 0;
    graph.setAttribute("role", "application");
    graph.setAttribute("aria-label", "Surface z(x): arrow keys turn it, plus and minus bring it nearer and farther");
    const head = element("header", "");
    head.append(note, close);
    dialog.append(head, graph);
    slot.append(dialog);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
    return { dialog, note, graph };
  }

  /* The output of the network `net` over its window, as the flat figure `flat` shows it. */
  async function openSurface(net, flat) {
    const { dialog, note, graph } = open(flat.closest(".slot"));
    if (!hasWebGL()) {
      note.textContent = "This browser draws nothing in three dimensions: it has no WebGL.";
      return;
    }
    note.textContent = "Loading the view in three dimensions …";
    try {
      const plotly = await library();
      if (!dialog.open) return;
      dialog.addEventListener("close", () => plotly.purge(graph));
      const tall = Math.max(1, 1.35 * graph.clientHeight / graph.clientWidth);
      await plotly.newPlot(graph, ...figure(net, flat, tall), { displayModeBar: false, responsive: true });
      graph.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const eye = turned(graph._fullLayout.scene.camera, event.key);
        if (!eye) return;
        event.preventDefault();
        plotly.relayout(graph, { "scene.camera.eye": eye });
      });
    } catch {
      note.textContent = "The view in three dimensions could not be loaded. Close this and try again.";
      return;
    }
    note.textContent = "The output z(x) over the window. Drag or use the arrow keys to turn it, the wheel or + and − to come nearer.";
    graph.focus();
  }

  Object.assign(nodal, { openSurface });
})();
