/* Page 4.1: the dialog that shows the output in three dimensions, when it is asked for. What draws
   them is fetched then, and not before. */

import { button, element } from "../page/elements.js";
import { prefix } from "../page/prefix.js";
import { surface } from "./surface.js";

/** @import { Net } from "./network.js" */

const TURN = Math.PI / 18, NEARER = 1.1;

let coming = null;

/* All of plotly; the page's own, without a third dimension, keeps its place. */
function library() {
  return (coming ||= new Promise((done, lost) => {
    const own = window.Plotly;
    const script = document.createElement("script");
    script.src = `${prefix()}/assets/plotly-3d.min.js?${document.documentElement.dataset.surface}`;
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
  const dialog = element("dialog", {
    class: "nodal-surface", "aria-label": "The output z(x) in three dimensions", onclose: () => dialog.remove(),
  });
  const note = element("p", { role: "status" });
  const graph = element("div", {
    class: "nodal-surface-graph", tabindex: 0, role: "application",
    "aria-label": "Surface z(x): arrow keys turn it, plus and minus bring it nearer and farther",
  });
  dialog.append(element("header", {}, note, button("Close", () => dialog.close())), graph);
  slot.append(dialog);
  dialog.showModal();
  return { dialog, note, graph };
}

/**
 * Show the output of a network over its window.
 * @param {Net} net
 * @param {any} flat the graph that shows it in the plane
 * @returns {Promise<void>}
 */
export async function openSurface(net, flat) {
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
    await plotly.newPlot(graph, ...surface(net, flat, tall), { displayModeBar: false, responsive: true });
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
