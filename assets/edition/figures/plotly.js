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

/* Whether a figure that has been drawn has the size of its place. */
const fits = (gd, width, height) =>
  Math.abs(gd._fullLayout.width - width) < 1 && Math.abs(gd._fullLayout.height - height) < 1;

/* A figure keeps the size of its place. */
const fit = new ResizeObserver((entries) => {
  for (const { target: gd, contentRect: { width, height } } of entries)
    if (width && height && gd._fullLayout && !fits(gd, width, height)) window.Plotly.Plots.resize(gd).catch(() => null);
});

/* What may change of an axis that stays where it is. */
const MARKS = ["range", "tickmode", "tick0", "dtick", "tickvals", "ticktext"];

const axesOf = (layout) => Object.keys(layout).filter((name) => /^[xy]axis/.test(name));

const without = (node, names) => Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name)));

/* All of a figure but what `move` changes: where curves, bars, dots and labels are, what they say when
   pointed at, the marks of the axes, and the words of the title. Empty where plotly looks for an axis'
   range or makes two axes fit. */
function frameOf({ data, layout }) {
  const axes = axesOf(layout);
  if (axes.some((name) => !layout[name].range || layout[name].scaleanchor)) return "";
  // nor where it looks for what its colours stand for
  if (data.some((trace) => trace.z && trace.zmax === undefined)) return "";
  // an error bar that was not there before is drawn, but not styled
  const bars = (bar, at) => bar && {
    ...bar, arrayminus: 0, array: [...numbers(bar.array), 0, ...numbers(at)].map(Number.isFinite),
  };
  const shown = ({ x, y, z, error_x, error_y, name, hovertemplate, customdata, ...rest }) => [
    rest, bars(error_x, x), bars(error_y, y), rest.showlegend === false || name,
  ];
  // what does not stand on the axes is not moved with them
  const off = ({ xref = "x", yref = "y", ...place }) => /^x\d*$/.test(xref) && /^y\d*$/.test(yref) ? 0 : [xref, yref, place];
  const { annotations = [], shapes = [], title, ...rest } = without(layout, axes);
  return JSON.stringify([
    data.map(shown), rest, axes.map((name) => [name, without(layout[name], MARKS)]),
    annotations.map(off), shapes.map(off), { ...title, text: 0 },
  ]);
}

/* The ranges of the axes whose marks change, as plotly is told them. */
function remarked(before, { data, layout }) {
  const marks = (axis) => JSON.stringify(MARKS.map((name) => axis[name]));
  const names = axesOf(layout).filter((name) => marks(before[name]) !== marks(layout[name]));
  // all but curves and dots are only drawn with an axis
  if (!names.length && data.some((trace) => trace.type !== "scatter")) names.push("xaxis");
  return Object.fromEntries(names.map((name) => [`${name}.range`, layout[name].range]));
}

/* The size of a figure, and the room that the marks of its axes take: beyond the margins, and between an
   axis and its title. */
function roomOf({ _fullLayout: full }) {
  const beyond = Object.values(full._pushmargin).map((pushed) =>
    ["l", "r", "t", "b"].map((side) => (pushed[side].size > full.margin[side] ? Math.round(pushed[side].size) : 0)));
  return JSON.stringify([full.width, full.height, beyond, axesOf(full).map((name) => full[name]._depth)]);
}

/* Milliseconds after which a figure that has not said that it was moved is drawn anew. */
const LATE = 3000;

/** An animation that takes no time. */
export const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };

/* Plotly draws axes, legend, title and labels anew for every number that changes. Where those stay as
   they are, curves and labels are moved as in an animation; where axes get other marks, these and what
   stands on them are drawn as after a zoom. Both take about half the time. */
async function move(gd, figure) {
  const { data, layout } = figure;
  const changes = remarked(gd.layout, figure);
  const zooms = Object.keys(changes).length > 0;
  if (layout.title?.text !== gd.layout.title?.text) changes["title.text"] = layout.title.text;
  let changed = null;
  const change = () => { changed = Object.keys(changes).length ? relaid(gd, changes) : gd; };
  // what takes no time is drawn as soon as it begins; that it has ended is told a frame later
  const hear = zooms ? change : () => queueMicrotask(() => gd.emit("plotly_afterplot"));
  gd.data = data;
  gd.layout = layout;
  gd.dowMoving = true;
  gd.once("plotly_transitioning", hear);
  let late = 0;
  try {
    const room = roomOf(gd);
    // plotly takes all of the numbers in, and draws none of them where the axes are to be drawn first
    const moved = window.Plotly.animate(gd, zooms ? { data: [], traces: [] }
      : { data: data.map(() => ({})), traces: [...data.keys()], layout: {} }, AT_ONCE);
    if (!zooms) change();
    await Promise.race([
      Promise.resolve(moved).then(() => changed),
      new Promise((_, lost) => { late = setTimeout(lost, LATE); }),
    ]);
    // a new size is only taken note of; marks of another size move the title beside them, and perhaps the axes
    if (!changed || roomOf(gd) !== room) throw new Error("another room");
  } catch {
    // put off by a frame of the player, perhaps; what has come since is not to be covered
    if (gd.data === data) window.Plotly.redraw(gd);
  } finally {
    clearTimeout(late);
    gd.removeListener("plotly_transitioning", hear);
    gd.dowMoving = false;
  }
}

/* Our own changes of a layout are no zoom of a hand's. */
function relaid(gd, changes) {
  gd.dowRelaid = true;
  return window.Plotly.relayout(gd, changes).finally(() => { gd.dowRelaid = false; });
}

/**
 * Call `hear` with what a hand has changed of a figure's axes.
 * @param {any} gd
 * @param {(event: Record<string, any>) => void} hear
 * @returns {void}
 */
export function whenZoomed(gd, hear) {
  gd.on("plotly_relayout", (event) => { if (!gd.dowRelaid) hear(event); });
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
  const stays = before && before === gd.dowFrame && fits(gd, gd.clientWidth, gd.clientHeight);
  if (stays && !gd.dowMoving) move(gd, figure);
  else window.Plotly.react(gd, figure.data, figure.layout, config);
  if (drawn.has(gd)) return;
  drawn.add(gd);
  fit.observe(gd);
  // axes that a hand has moved are not where the last figure had them
  whenZoomed(gd, () => { gd.dowFrame = null; });
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
