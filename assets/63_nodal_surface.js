/* Page 4.1: the output as a surface over the window, when it is asked for. What draws in three
   dimensions is fetched then, and not before. */
(function () {
  "use strict";

  const { nodal } = window.dow;
  const TURN = Math.PI / 18, NEARER = 1.1;
  let coming = null;

  /* All of plotly; the page's own, without a third dimension, keeps its place. */
  function library() {
    return (coming ||= new Promise((done, lost) => {
      const own = window.Plotly;
      const script = document.createElement("script");
      script.src = `/assets/plotly-3d.min.js?${document.documentElement.dataset.version}`;
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

  /* The folds of a layer, on the surface. */
  function folds(net, layer) {
    const { offsets, points, neuron } = net.strands;
    const x = [], y = [], z = [];
    neuron.forEach((j, strand) => {
      if (net.layerOf(j) !== layer) return;
      for (let at = 2 * offsets[strand]; at < 2 * offsets[strand + 1]; at += 2) {
        x.push(points[at]);
        y.push(points[at + 1]);
        // the output comes after all neurons
        z.push(nodal.value(net, net.neurons, points[at], points[at + 1]));
      }
      for (const places of [x, y, z]) places.push(null);
    });
    return { x, y, z };
  }

  /* `tall`: how much higher than wide its place is, at least 1; it is seen from as much farther. */
  function figure(net, flat, tall) {
    const hover = "x = (%{x:.3f}, %{y:.3f})<br>z = %{z:.3f}<extra></extra>";
    const depth = net.widths.length;
    const surface = {
      type: "mesh3d", ...faces(net), flatshading: true, hovertemplate: hover, showscale: false,
      colorscale: nodal.shades(net, "output"), lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.05 },
    };
    const [low, high] = nodal.range(net, "output");
    Object.assign(surface, { intensity: surface.z, cmin: low, cmax: high });
    const lines = flat.data.slice(0, depth).filter((trace) => trace.visible !== false).map((trace, l) => ({
      type: "scatter3d", mode: "lines", name: trace.name, hoverinfo: "skip", ...folds(net, l + 1),
      line: { color: trace.line.color, width: net.cells.last.length > 1000 ? 1.5 : 3 },
    }));
    const { template } = flat.layout;
    const size = template.layout.font.size;
    const axis = (title, range) => ({ title: { text: title }, tickfont: { size: 0.75 * size }, nticks: 5, ...(range && { range }) });
    const [left, right, bottom, top] = net.window;
    const scene = {
      xaxis: axis("x₁", [left, right]), yaxis: axis("x₂", [bottom, top]), zaxis: axis("z(x)"),
      aspectmode: "manual", aspectratio: { x: 1, y: 1, z: 0.6 }, 
      camera: { eye: { x: 1.1 * tall, y: -1.3 * tall, z: 0.9 * tall }, center: { x: 0, y: 0, z: -0.1 } },
    };
    const layout = { template, scene, margin: { t: 0, r: 0, b: 0, l: 0 }, legend: { orientation: "h", y: 1 } };
    return [[surface, ...lines], layout];
  }

  /* ---- the dialog ---------------------------------------------------------------------------- */

  const can = () => Boolean(document.createElement("canvas").getContext("webgl"));

  /* Arrows turn the surface, plus and minus bring it nearer and farther. */
  function turned({ x, y, z }, key) {
    const away = Math.hypot(x, y, z);
    let around = Math.atan2(y, x), up = Math.asin(z / away), far = away;
    if (key === "ArrowLeft") around -= TURN;
    else if (key === "ArrowRight") around += TURN;
    else if (key === "ArrowUp") up = Math.min(up + TURN, 0.49 * Math.PI);
    else if (key === "ArrowDown") up = Math.max(up - TURN, -0.49 * Math.PI);
    else if (key === "+" || key === "=") far /= NEARER;
    else if (key === "-") far *= NEARER;
    else return null;
    return { x: far * Math.cos(up) * Math.cos(around), y: far * Math.cos(up) * Math.sin(around), z: far * Math.sin(up) };
  }

  async function rise(net, flat) {
    const dialog = document.createElement("dialog");
    dialog.className = "nodal-surface";
    dialog.setAttribute("aria-label", "The output z(x) in three dimensions");
    const close = Object.assign(document.createElement("button"), { className: "button", textContent: "Close" });
    const note = Object.assign(document.createElement("p"), { textContent: "What draws in three dimensions is on its way …" });
    note.setAttribute("role", "status");
    const graph = Object.assign(document.createElement("div"), { className: "nodal-surface-graph", tabIndex: 0 });
    graph.setAttribute("role", "img");
    graph.setAttribute("aria-label", "Surface z(x); arrow keys turn it");
    const head = document.createElement("header");
    head.append(note, close);
    dialog.append(head, graph);
    document.body.append(dialog);
    close.addEventListener("click", () => dialog.close());
    dialog.showModal();
    if (!can()) {
      note.textContent = "This browser draws nothing in three dimensions: it has no WebGL.";
      dialog.addEventListener("close", () => dialog.remove());
      return;
    }
    let plotly = null;
    dialog.addEventListener("close", () => {
      if (plotly) plotly.purge(graph);
      dialog.remove();
    });
    try {
      plotly = await library();
    } catch {
      note.textContent = "What draws in three dimensions did not come. Close this and try again.";
      return;
    }
    if (!dialog.open) return;
    const tall = Math.max(1, 1.15 * graph.clientHeight / graph.clientWidth);
    await plotly.newPlot(graph, ...figure(net, flat, tall), { displayModeBar: false, responsive: true });
    note.textContent = "The output z(x) over the window. Drag or use the arrow keys to turn it, the wheel or + and − to come nearer.";
    graph.addEventListener("keydown", (event) => {
      const eye = turned(graph._fullLayout.scene.camera.eye, event.key);
      if (!eye) return;
      event.preventDefault();
      plotly.relayout(graph, { "scene.camera.eye": eye });
    });
    graph.focus();
  }

  Object.assign(nodal, { rise });
})();
