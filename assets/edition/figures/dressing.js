/* Figures in the colours of the look, for the place they have. */

import { narrow, part, placeOf } from "../page/state.js";
import { dodgeDots } from "./dodging.js";
import { fitAxes, fitBars, fitLabels, fitLegend, fitTitle, ROW, spreadLabels } from "./labels.js";

/** @import { Params, State } from "../page/state.js" */

const WIDER = new Set(["width", "size", "thickness"]);
const MARKS = new Set(["line", "marker", "error_x", "error_y"]);

/** Whether there is no pointer, but fingers. */
export const TOUCHED = window.matchMedia("(hover: none)").matches;

const preparations = {};

/**
 * Call `preparation` before every drawing of a figure: what it puts into it is in downloads and
 * tables too.
 * @param {string} key
 * @param {(figure: any, item: any, params: Params, slot: number) => void} preparation
 * @returns {void}
 */
export const prepare = (key, preparation) => { preparations[key] = preparation; };

/**
 * Whether a figure is prepared by a script of its own.
 * @param {any} item
 * @returns {boolean}
 */
export const isPrepared = (item) => item.key in preparations;

let themes = null;
let look = "light";

/* Pixels of letters, where the reader has not set them larger; the text of a page follows by itself. */
const USUAL = 16;
/* Those of labels on a small screen, and the least height of its axes. */
const SMALL = 12, LEAST = 150;
const GROWN = new Set(["size", "standoff", "l", "r", "t", "b"]);
const grown = (node, ratio) => (Array.isArray(node) || Object(node) !== node ? node
  : Object.fromEntries(Object.entries(node).map(([key, value]) =>
    [key, GROWN.has(key) && typeof value === "number" ? ratio * value : grown(value, ratio)])));

/**
 * The look that figures are dressed for from now on, in letters as large as the reader has set them.
 * @param {string} name
 * @param {Record<string, any>} [looks] colours, template and scale of every look
 * @returns {void}
 */
export function wear(name, looks) {
  const ratio = parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL;
  if (looks) themes = ratio === 1 ? looks : Object.fromEntries(Object.entries(looks).map(([key, theme]) =>
    [key, { ...theme, template: grown(theme.template, ratio), scale: ratio * theme.scale }]));
  look = name;
}

/* A copy of `node` with "@role" replaced by the look's colour and strokes widened. */
function dressed(node, theme, inMark) {
  if (typeof node === "string") return node[0] === "@" ? theme.colours[node.slice(1)] || node : node;
  if (Array.isArray(node)) return node.map((v) => dressed(v, theme, inMark));
  if (!node || typeof node !== "object" || node.bdata !== undefined || ArrayBuffer.isView(node)) return node;
  const copy = {};
  for (const [k, v] of Object.entries(node)) {
    const mark = inMark || MARKS.has(k);
    copy[k] = inMark && WIDER.has(k) && typeof v === "number" ? v * theme.scale
      : dressed(v, theme, mark && k !== "colorbar");
  }
  return copy;
}

/**
 * Side A of a slot, or side B on common axes with it, for the place it has.
 * @param {State} s
 * @param {number} slot
 * @param {boolean} [sideB]
 * @returns {{data: any[], layout: any}}
 */
export function dress(s, slot, sideB = false) {
  const item = sideB
    ? { ...s.items[slot], spec: s.beside.figures[slot], extra: s.beside.extras[slot] } : s.items[slot];
  const theme = themes[look];
  const figure = dressed(item.spec, theme, false);
  const { layout } = figure;
  for (const trace of figure.data) if (trace.name) trace.name = trace.name.replace(/\bC_([Wb])\b/g, "C<sub>$1</sub>");
  if (s.player && !sideB) s.player.apply(slot, figure);
  for (const [axis, kept] of Object.entries(sideB ? {} : s.zoom[item.key] || {}))
    if (layout[axis] && (layout[axis].type || "linear") === kept.type)
      Object.assign(layout[axis], { range: kept.range, autorange: false });
  layout.template = theme.template;
  fit(s, slot, figure, theme);
  layout.autosize = true;
  // a finger scrolls the page, wherever it begins
  if (TOUCHED) layout.dragmode = false;
  preparations[item.key]?.(figure, item, sideB ? s.pinned : s.params, slot);
  return figure;
}

/* Words that fit the place that a slot has. */
function fit(s, slot, figure, { scale, template }) {
  const { layout } = figure;
  const place = (placeOf(s, slot)?.clientWidth || 1100) / (s.beside && !narrow() ? 2 : 1);
  // beside the axis, and the buttons of the main figure, which a phone has below it
  const printed = document.documentElement.hasAttribute("data-printed");
  const small = narrow() && !printed;
  const taken = slot === 0 && look !== "projector" && !printed && !small && !s.beside ? 280 : 80 * scale;
  fitTitle(layout, small ? (place - 16) / (7.2 * scale) : (place - taken) / (8 * scale), scale, small);
  // before labels are fitted into what the axes show
  if (s.beside) share(s, slot, layout);
  const whole = () => part(s, `graph-${slot}`)?.clientHeight || 500;
  const usual = { ...template.layout.legend, ...(small && { font: { size: (SMALL + 1) * scale } }) };
  const sizes = { letter: (small ? 6.2 : 7) * scale, row: (small ? 18 : 20) * scale, usual, small };
  // plotly breaks a legend that is wider than the axes
  fitLegend(figure, place - 110, whole(), sizes);
  const { t, b: asked } = { ...template.layout.margin, ...layout.margin };
  // a legend below the axis takes as much as its letters are large, whatever margin was asked for
  const b = Math.max(asked, layout.legend?.yref === "container" ? 4.8 * sizes.row : 0);
  // rows of words need their height, also where one has to scroll for it
  const rows = small ? 0 : (layout.annotations || []).filter(({ name }) => name === ROW).length * 1.2 * sizes.row;
  const least = small && look !== "projector" ? LEAST : rows;
  if (grow(s, slot, least ? least + t + b : 0, rows ? Infinity : undefined)) fitLegend(figure, place - 110, whole(), sizes);
  // its first line is all in the figure, however low that is
  if (layout.title?.y) layout.title.y = 1 - (small ? 17 : 22) * scale / whole();
  const height = whole() - t - b;
  if (small) {
    for (const note of layout.annotations || []) note.font = { size: SMALL * scale, ...note.font };
    for (const trace of figure.data) if (trace.mode === "text") trace.textfont = { size: SMALL * scale, ...trace.textfont };
  }
  const room = { width: place - 100, height, letter: (small ? 5.9 : 7.3) * scale, row: (small ? 16 : 19) * scale };
  const pale = `${template.layout.paper_bgcolor}b0`;
  fitLabels(layout, room, pale);
  spreadLabels(layout, room);
  dodgeDots(figure, room, pale);
  fitAxes(layout, place - 100, height, 7.5 * scale);
  fitBars(figure.data, height, room.row);
}

/* Give the main figure so many pixels, at `most` as many as are above a phone's drawer and what plays it
   where nothing else is said; whether its height is another one now. */
function grow(s, slot, wanted, most) {
  const graph = part(s, `graph-${slot}`);
  if (slot || !graph) return false;
  const free = () => 0.7 * innerHeight - (graph.getBoundingClientRect().top + scrollY) - part(s, `${slot}-player`).offsetHeight;
  const least = wanted ? `${Math.max(0, Math.round(Math.min(wanted, most ?? free())))}px` : "";
  const { style } = graph.parentElement;
  if (style.minHeight === least) return false;
  const before = graph.clientHeight;
  style.minHeight = least;
  return graph.clientHeight !== before;
}

/* The union of both sides' ranges, where both have the same kind of axis. */
function share(s, slot, layout) {
  const a = s.items[slot].spec.layout;
  const b = s.beside.figures[slot] && s.beside.figures[slot].layout;
  if (!b) return;
  layout.margin = { ...layout.margin, t: Math.max(74, layout.margin?.t || 0) };
  for (const axis of ["xaxis", "yaxis"]) {
    const [p, q] = [a[axis], b[axis]];
    if (!p || !q || !p.range || !q.range || p.type !== q.type) continue;
    if ((s.zoom[s.items[slot].key] || {})[axis]) continue;
    const range = [Math.min(p.range[0], q.range[0]), Math.max(p.range[1], q.range[1])];
    // the ticks of the side that reaches as far, or plotly's
    const { tickmode, tickvals, ticktext, dtick } =
      [p, q].find((side) => side.range.every((end, i) => end === range[i])) || {};
    Object.assign(layout[axis], { range, tickmode, tickvals, ticktext, dtick });
  }
}
