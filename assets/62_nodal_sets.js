/* Page 4.1 at work: point at a cell, click a fold, drag the line's ends, pan and zoom, play layers.
   Only pan, zoom and the line ask the server anything. */
(function () {
  "use strict";

  const { extend, jump, write, plot, nodal, placeOf } = window.dow;
  const { element, tellCell, tellNeuron } = nodal;
  const STILL = 4, NEAR_FOLD = 12, NEAR_END = 22, BEAT = 900;
  const SVG = "http://www.w3.org/2000/svg";
  const LEAST = 0.01, MOST = 100, FAR = 50;
  const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
  let held = null;

  /* ---- places ------------------------------------------------------------------------- */

  /* Where an event is: pixels in the graph, and the plane's coordinates; null outside the axes. */
  function place(gd, event) {
    const { xaxis, yaxis } = gd._fullLayout;
    const frame = gd.getBoundingClientRect();
    const [left, top] = [event.clientX - frame.left, event.clientY - frame.top];
    const [p, q] = [left - xaxis._offset, top - yaxis._offset];
    if (p < 0 || q < 0 || p > xaxis._length || q > yaxis._length) return null;
    return { left, top, x: xaxis.p2d(p), y: yaxis.p2d(q) };
  }

  function pixels(gd, [x, y]) {
    const { xaxis, yaxis } = gd._fullLayout;
    return [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
  }

  /* ---- the panel ------------------------------------------------------------------------ */

  function button(text, name, act) {
    const made = element("button", "button", text);
    made.setAttribute("aria-label", name);
    made.addEventListener("click", act);
    return made;
  }

  function build(s, slot, gd) {
    const holder = document.getElementById(`${s.page}-${slot}-slot`);
    const graph = holder.querySelector(".graph");
    const panel = element("div", "nodal-panel");
    const parts = { panel, neuron: element("p", "nodal-neuron"), cell: element("div", "nodal-cell") };
    parts.neuron.setAttribute("role", "status");
    parts.play = button("Play layers", "Play the layers", () => play(s, parts));
    const buttons = element("div", "nodal-buttons");
    parts.bring = button("Line here", "Bring the line into the window", () => bring(s));
    parts.surface = button("3-D", "The output in three dimensions", () => nodal.openSurface(gd.dowNet, gd));
    buttons.append(parts.play,
      button("+", "Zoom in", () => zoom(s, gd.dowNet, 0.5, null)),
      button("−", "Zoom out", () => zoom(s, gd.dowNet, 2, null)), parts.bring, parts.surface);
    panel.append(buttons, parts.neuron, parts.cell);
    holder.querySelector(".sides").after(panel);
    parts.overlay = document.createElementNS(SVG, "svg");
    parts.overlay.classList.add("nodal-overlay");
    parts.outline = document.createElementNS(SVG, "path");
    parts.overlay.append(parts.outline);
    graph.append(parts.overlay);
    return parts;
  }

  /* Beside the square where the figure has left room, else below it. */
  function arrange(gd, parts) {
    const { xaxis } = gd._fullLayout;
    const legend = gd.querySelector(".legend")?.getBoundingClientRect();
    const bar = gd.querySelector(".colorbar .cbbg")?.getBoundingClientRect();
    const frame = gd.getBoundingClientRect();
    const edge = Math.max(...[legend, bar].filter((r) => r && r.width).map((r) => r.right - frame.left), xaxis._offset + xaxis._length);
    const wide = xaxis.domain[1] < 0.97 && frame.width - edge > 150;
    parts.panel.classList.toggle("aside", wide);
    parts.panel.style.left = wide ? `${edge + 18}px` : "";
  }

  /* ---- cells and folds --------------------------------------------------------------------- */

  function hover(s, gd, parts, at) {
    const net = gd.dowNet;
    const cell = at && nodal.locate(net, at.x, at.y);
    gd.dowCell = cell;
    tellCell(net, cell, parts.cell, s.params.layers);
    parts.outline.setAttribute("d", cell
      ? cell.points.map((p, i) => `${i ? "L" : "M"}${pixels(gd, p).join(" ")}`).join("") + "Z" : "");
  }

  /* ---- choosing a neuron by its fold -------------------------------------------------------- */

  function choose(s, gd, at) {
    const cell = nodal.locate(gd.dowNet, at.x, at.y);
    const { xaxis } = gd._fullLayout;
    const unit = xaxis._length / (xaxis.range[1] - xaxis.range[0]);
    let best = NEAR_FOLD, chosen = -1;
    for (const j of new Set(cell.sides)) {
      if (j < 0 || gd.dowNet.layerOf(j) > s.params.layers) continue;
      const [a, b, c] = cell.maps[j];
      const away = Math.abs(c) / Math.hypot(a, b) * unit;
      if (away < best) [best, chosen] = [away, j];
    }
    if (chosen >= 0) jump(s, { neuron: chosen + 1 });
  }

  /* ---- the window is three parameters --------------------------------------------------------- */

  function go(s, { x, y, size }, push) {
    const digits = clamp(Math.ceil(4 - Math.log10(size)), 0, 8);
    const wanted = {
      size: Number(clamp(size, LEAST, MOST).toPrecision(4)),
      centre_x: Number(clamp(x, -FAR, FAR).toFixed(digits)),
      centre_y: Number(clamp(y, -FAR, FAR).toFixed(digits)),
    };
    s.aim = { at: performance.now(), x: wanted.centre_x, y: wanted.centre_y, size: wanted.size };
    if (push) jump(s, wanted);
    else write(s, wanted);
    return wanted;
  }

  function zoom(s, net, factor, about) {
    const p = s.params;
    const now = s.aim && performance.now() - s.aim.at < 600 ? s.aim : { x: p.centre_x, y: p.centre_y, size: p.size };
    const size = clamp(now.size * factor, LEAST, MOST);
    const fixed = about || now;
    const share = size / now.size;
    go(s, { x: fixed.x + share * (now.x - fixed.x), y: fixed.y + share * (now.y - fixed.y), size }, !about);
  }

  /* Plotly has moved its axes: the window follows, and plotly forgets. */
  function moved(s, slot, gd, event) {
    if (!Object.keys(event).some((key) => /^[xy]axis\.range/.test(key))) return;
    const { xaxis, yaxis } = gd._fullLayout;
    const [x, y] = [xaxis, yaxis].map((axis) => (axis.range[0] + axis.range[1]) / 2);
    const side = Math.max(...[xaxis, yaxis].map((axis) => axis.range[1] - axis.range[0]));
    const size = Math.abs(side / s.params.size - 1) < 1e-6 ? s.params.size : side;
    setTimeout(() => {
      delete s.zoom.nodal_partition;
      const wanted = go(s, { x, y, size }, true);
      // nothing new to ask for, at the end of a range: back to where it was
      if (Object.entries(wanted).every(([param, value]) => s.params[param] === value))
        plot(s, slot);
    }, 0);
  }

  /* ---- the line ---------------------------------------------------------------------------------- */

  const lineOf = (gd) => gd.data[gd.data.length - 1];

  function grab(gd, event) {
    const { x, y } = lineOf(gd);
    const frame = gd.getBoundingClientRect();
    const away = Array.from(x, (_, i) => {
      const [left, top] = pixels(gd, [x[i], y[i]]);
      return Math.hypot(left + frame.left - event.clientX, top + frame.top - event.clientY);
    });
    const end = away.indexOf(Math.min(...away));
    return away[end] < NEAR_END ? end : -1;
  }

  function pull(event) {
    const { s, gd } = held;
    const { xaxis, yaxis } = gd._fullLayout;
    const frame = gd.getBoundingClientRect();
    const digits = clamp(Math.ceil(3 - Math.log10(s.params.size)), 1, 4);
    held.points[held.end] = [
      xaxis.p2d(clamp(event.clientX - frame.left - xaxis._offset, 0, xaxis._length)),
      yaxis.p2d(clamp(event.clientY - frame.top - yaxis._offset, 0, yaxis._length)),
    ].map((v) => Number(clamp(v, -MOST, MOST).toFixed(digits)));
    if (held.waiting) return;
    held.waiting = true;
    requestAnimationFrame(follow);
  }

  /* The line goes where the pointer has pulled it since the last frame. */
  function follow() {
    if (!held?.waiting) return;
    held.waiting = false;
    const { s, gd, points } = held;
    window.Plotly.restyle(gd, { x: [points.map((p) => p[0])], y: [points.map((p) => p[1])] }, [gd.data.length - 1]);
    write(s, { line: points });
  }

  /* The last move may have come within the frame of the release. */
  function release() {
    follow();
    held = null;
  }

  /* Whether an end of the line is out of the window. */
  function away({ size, centre_x, centre_y }, { x, y }) {
    return Array.from(x, (_, i) => Math.max(Math.abs(x[i] - centre_x), Math.abs(y[i] - centre_y)))
      .some((distance) => distance > size / 2);
  }

  /* Across the middle of the window, where its ends can be taken. */
  function bring(s) {
    const { size, centre_x: x, centre_y: y } = s.params;
    const [low, high] = [-0.4, 0.4].map((share) => Number((x + share * size).toFixed(4)));
    jump(s, { line: [[low, y], [high, y]] });
  }

  /* ---- layers ------------------------------------------------------------------------------------ */

  function play(s, parts) {
    const depth = s.items[0].extra.widths.length;
    if (parts.timer) return stop(s, parts);
    parts.play.textContent = "Pause";
    let layer = 0;
    const beat = () => {
      if (!parts.panel.isConnected) return stop(s, parts);
      // an image has to come first
      if (s.busy) return undefined;
      layer += 1;
      write(s, { layers: layer < depth ? layer : s.meta.fields.layers.high });
      return layer >= depth ? stop(s, parts) : undefined;
    };
    parts.timer = setInterval(beat, BEAT);
    return beat();
  }

  function stop(s, parts) {
    clearInterval(parts.timer);
    parts.timer = null;
    parts.play.textContent = "Play layers";
  }

  for (const kind of ["pointerup", "pointercancel"])
    window.addEventListener(kind, release);

  /* ---- wiring ------------------------------------------------------------------------------------- */

  function listen(s, slot, gd, parts) {
    let down = null, waiting = false;
    gd.on("plotly_relayout", (event) => moved(s, slot, gd, event));
    gd.addEventListener("pointerdown", (event) => {
      down = [event.clientX, event.clientY];
      const end = grab(gd, event);
      if (end < 0) return;
      const { x, y } = lineOf(gd);
      held = { s, gd, end, points: Array.from(x, (_, i) => [x[i], y[i]]), waiting: false };
      gd.setPointerCapture(event.pointerId);
      hover(s, gd, parts, null);
    }, true);
    for (const kind of ["mousedown", "touchstart"])
      gd.addEventListener(kind, (event) => {
        if (!held) return;
        event.stopPropagation();
        event.preventDefault();
      }, { capture: true, passive: false });
    gd.addEventListener("pointermove", (event) => {
      if (held) return pull(event);
      if (waiting) return undefined;
      waiting = true;
      return requestAnimationFrame(() => {
        waiting = false;
        if (!held) hover(s, gd, parts, place(gd, event));
      });
    });
    gd.addEventListener("pointerleave", () => hover(s, gd, parts, null));
    gd.addEventListener("click", (clicked) => {
      const event = placeOf(clicked);
      if (!down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > STILL) return;
      const at = place(gd, event);
      if (!at) return;
      hover(s, gd, parts, at);
      if (grab(gd, event) < 0) choose(s, gd, at);
    });
    gd.addEventListener("wheel", (event) => {
      const at = (event.ctrlKey || event.metaKey) && place(gd, event);
      if (!at) return;
      event.preventDefault();
      zoom(s, gd.dowNet, Math.exp(clamp(event.deltaY, -100, 100) / 250), at);
    }, { passive: false });
    pinch(s, gd);
  }

  /* Two fingers zoom; one scrolls the page. */
  function pinch(s, gd) {
    const spread = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
    let apart = 0;
    gd.addEventListener("touchstart", ({ touches }) => {
      apart = touches.length === 2 ? spread(touches) : 0;
      // the first finger may have come down on an end of the line
      if (apart) held = null;
    }, { capture: true, passive: true });
    gd.addEventListener("touchmove", (event) => {
      if (!apart || event.touches.length !== 2) return;
      event.preventDefault();
      const [a, b] = event.touches, now = Math.max(1, spread(event.touches));
      const at = place(gd, { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 });
      if (at) zoom(s, gd.dowNet, apart / now, at);
      apart = now;
    }, { capture: true, passive: false });
  }

  extend("nodal_partition", (s, slot, gd, item) => {
    gd.dowNet = nodal.unpack(item.extra);
    if (!gd.dowParts) {
      gd.dowParts = build(s, slot, gd);
      tellCell(gd.dowNet, null, gd.dowParts.cell);
      listen(s, slot, gd, gd.dowParts);
    } else if (gd.dowShown !== gd.dowNet) {
      if (gd.dowCell) hover(s, gd, gd.dowParts, null);
      // a surface of another network or window
      document.querySelector(".nodal-surface")?.close();
    }
    gd.dowShown = gd.dowNet;
    gd.dowParts.bring.hidden = !away(s.params, lineOf(gd));
    // where there are more cells than are drawn one by one, none of them is here
    gd.dowParts.surface.disabled = !gd.dowNet.cells;
    gd.dowParts.surface.title = gd.dowNet.cells ? "" : "There are too many cells here for 3-D: 5000 at most";
    arrange(gd, gd.dowParts);
    tellNeuron(gd.dowNet, s.params, gd.dowParts.neuron);
  });

  nodal.held = () => held;
})();
