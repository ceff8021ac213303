/* Page 4.1: what is read off, in words: the chosen neuron, the cell that is pointed at. */
(function () {
  "use strict";

  const { nodal } = window.dow;
  const SHOWN_PATTERN = 24;
  const short = (v) => Number(v.toPrecision(4)).toString().replace("-", "−");

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  const name = (net, j) => {
    const layer = net.layerOf(j);
    return `neuron ${j + 1} (layer ${layer}, no. ${j - net.layers[layer - 1].first + 1})`;
  };

  function tellNeuron(net, params, holder) {
    const j = params.neuron - 1;
    let text = "No neuron is chosen: click a fold.";
    if (j >= net.neurons) text = `This network has ${net.neurons} neurons; there is no neuron ${j + 1}.`;
    else if (j >= 0) {
      const pieces = net.components[j], loops = net.loops[j];
      text = `H of ${name(net, j)}: C_A = ${pieces} ${pieces === 1 ? "piece" : "pieces"}`;
      if (loops) text += `, ${loops} closed ${loops === 1 ? "loop" : "loops"}`;
      if (pieces && net.layerOf(j) > params.layers) text += ", not drawn while fewer layers are shown";
      text += pieces ? `, length ${short(net.lengths[j])}.` : ": it does not fold in this window.";
    }
    if (holder.textContent === text.replace("C_A", "CA")) return;
    const [before, after] = text.split("C_A");
    holder.replaceChildren(before);
    if (after) holder.append("C", element("sub", "", "A"), after);
  }

  function pattern(net, on) {
    return net.layers.slice(0, -1).map(({ n, first }, k) => {
      const bits = on.subarray(first, first + n);
      const count = bits.reduce((sum, bit) => sum + bit, 0);
      return `layer ${k + 1}: ` + (n <= SHOWN_PATTERN ? Array.from(bits, (bit) => (bit ? "●" : "○")).join("") : `${count} of ${n} on`);
    });
  }

  function tellCell(net, cell, holder, layers) {
    if (!cell) {
      holder.replaceChildren(element("p", "quiet", "Point at a cell for its pattern, map, area and neighbours."));
      return;
    }
    const [a, b, c] = cell.output;
    const signed = (v, unit) => `${v < 0 ? "−" : "+"} ${short(Math.abs(v))}${unit}`;
    const across = [...new Set(cell.sides.filter((j) => j >= 0))].map((j) => j + 1).sort((p, q) => p - q);
    const near = cell.sides.filter((j) => j >= 0).length;
    const lines = [
      `x = (${short(cell.x)}, ${short(cell.y)}), z = ${short(c)}`,
      `z = ${short(a)} x₁ ${signed(b, " x₂")} ${signed(c - a * cell.x - b * cell.y, "")}`,
      `‖∇z‖ = ${short(Math.hypot(a, b))}, area ${short(nodal.area(cell.points))}`,
      `${near} ${near === 1 ? "neighbour" : "neighbours"}, across ${across.length ? `${across.length === 1 ? "neuron" : "neurons"} ${across.join(", ")}` : "none"}`,
    ];
    const depth = net.widths.length;
    if (layers < depth) lines.unshift(`Under all ${depth} layers:`);
    holder.replaceChildren(...lines.map((text) => element("p", "", text)),
      ...pattern(net, cell.on).map((text) => element("p", "nodal-pattern", text)));
  }

  Object.assign(nodal, { element, tellNeuron, tellCell });
})();
