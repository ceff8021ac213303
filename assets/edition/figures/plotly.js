/* Plotly: when it is there, and how a figure is put into its place and moved there. */

import { numbers } from "./numbers.js";

/**
 * Plotly is compiled and run while the page is laid out, and may come after its first answer. The
 * document is not complete before.
 * @type {Promise<void>}
 */
export const comes = new Promise((done, lost) => {
  const look = () => {
    if (window.Plotly) done();
    else if (document.readyState === "complete") lost();
  };
  look();
  document.getElementById("plotly").addEventListener("load", done);
  window.addEventListener("load", look);
});
// a page without figures does not mind
comes.catch(() => null);

const drawn = new Set();

/* A figure keeps the size of its place. */
const fit = new ResizeObserver((entries) => {
  for (const { target: gd, contentRect: { width, height } } of entries) {
    const now = gd._fullLayout;
    if (width && height && now && (Math.abs(now.width - width) >= 1 || Math.abs(now.height - height) >= 1))
      window.Plotly.Plots.resize(gd).catch(() => null);
  }
});

/* All of a figure but what `move` changes: where curves, dots and labels are, what they say when
   pointed at, and the words of the title. Empty where there is more than curves and dots, and where
   plotly looks for an axis' range or makes two axes fit. */
function frameOf({ data, layout }) {
  const axes = Object.keys(layout).filter((name) => /^[xy]axis/.test(name)).map((name) => layout[name]);
  if (data.some((trace) => trace.type !== "scatter") || axes.some((axis) => !axis.range || axis.scaleanchor)) return "";
  // an error bar that was not there before is drawn, but not styled
  const bars = (bar, at) => bar && {
    ...bar, arrayminus: 0, array: [...numbers(bar.array), 0, ...numbers(at)].map(Number.isFinite),
  };
  const shown = ({ x, y, error_x, error_y, name, hovertemplate, customdata, ...rest }) => [
    rest, bars(error_x, x), bars(error_y, y), rest.showlegend === false || name,
  ];
  // what does not stand on the axes is not moved with them
  const off = ({ xref = "x", yref = "y", ...place }) => /^x\d*$/.test(xref) && /^y\d*$/.test(yref) ? 0 : [xref, yref, place];
  const { annotations = [], shapes = [], title, ...rest } = layout;
  return JSON.stringify([data.map(shown), rest, annotations.map(off), shapes.map(off), { ...title, text: 0 }]);
}

/** An animation that takes no time. */
export const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };

/* Plotly draws axes, title and labels anew for every number that changes. Where all of those stay,
   the rest is moved as in an animation, in half the time or less. */
async function move(gd, { data, layout }) {
  const title = gd.layout.title?.text;
  gd.data = data;
  gd.layout = layout;
  gd.dowMoving = true;
  gd.once("plotly_transitioned", () => gd.emit("plotly_afterplot"));
  try {
    const moved = window.Plotly.animate(gd, { data: data.map(() => ({})), traces: [...data.keys()], layout: {} }, AT_ONCE);
    if (layout.title?.text !== title) await window.Plotly.relayout(gd, "title.text", layout.title.text);
    await moved;
  } catch {
    // put off by a frame of the player, perhaps; what has come since is not to be covered
    if (gd.data === data) window.Plotly.react(gd, data, layout);
  } finally {
    gd.dowMoving = false;
  }
}

/**
 * Draw a figure straight into the page: a Dash component between would draw a frame or two later.
 * @param {any} gd
 * @param {{data: any[], layout: any}} figure
 * @param {object} config
 * @returns {void}
 */
export function react(gd, figure, config) {
  if (!gd) return;
  const before = gd.dowFrame;
  gd.dowFrame = frameOf(figure);
  if (before && before === gd.dowFrame && !gd.dowMoving) move(gd, figure);
  else window.Plotly.react(gd, figure.data, figure.layout, config);
  if (drawn.has(gd)) return;
  drawn.add(gd);
  fit.observe(gd);
  // axes that a hand has moved are not where the last figure had them
  gd.on("plotly_relayout", (event) => {
    if (Object.keys(event).join() !== "title.text") gd.dowFrame = null;
  });
}

/**
 * Take a figure out of its place.
 * @param {any} gd
 * @returns {void}
 */
export function forget(gd) {
  drawn.delete(gd);
  fit.unobserve(gd);
  gd.dowFrame = null;
  window.Plotly.purge(gd);
}

/**
 * Take out the figures whose page has been left.
 * @returns {void}
 */
export function tidy() {
  for (const gd of drawn) if (!gd.isConnected) forget(gd);
}
