/* Answers and looks come in, figures and words go out. */

import { isPrepared, wear } from "../figures/dressing.js";
import { redraw } from "../figures/drawing.js";
import { equip } from "../figures/player.js";
import { comes, tidy } from "../figures/plotly.js";
import { remember } from "./address.js";
import { drawer } from "./buttons.js";
import { markFirst, showTab } from "./controls.js";
import { answered } from "./conversation.js";
import { deliverTo, dim, gate, goOn, keyOf, mount, state } from "./gate.js";
import { unchanged } from "./dash.js";
import { foresee } from "./foresight.js";
import { queryOf } from "./spelling.js";
import { holder, measure, part } from "./state.js";
import { renewTables } from "./takeaway.js";
import { problem, tell, tellPython } from "./words.js";

/** @import { State } from "./state.js" */

/**
 * A page has been laid out, with its first answer, or the look changes.
 * @param {string} look
 * @param {any} meta
 * @param {Record<string, any>} looks
 * @returns {unknown}
 */
export function draw(look, meta, looks) {
  const s = state(meta.page);
  tidy();
  // in a low window there is room for the figure or for the controls
  if (mount(s, meta)) drawer(s, !window.matchMedia("(max-width: 900px) and (max-height: 560px)").matches);
  const swapped = look !== s.look;
  s.look = look;
  wear(look, looks);
  measure(s);
  if (!s.answer) {
    arrive(s, s.first);
    gate(s);
  } else if (swapped) redraw(s, s.items.keys(), true);
  return unchanged();
}

/* What draws figures: plotly, and what a page brings itself, which is fetched when it is first opened. */
const OWN = { nodal_sets: () => import("../nodal/partition.js") };
const drawable = new Set();
const drawers = async (page) => {
  await Promise.all([comes, OWN[page]?.()]);
  drawable.add(page);
};

const missing = (s) => () => problem(s, { text: "What draws the figures could not be loaded; load the page again." });

/**
 * An answer, unless it is no longer asked for.
 * @param {State} s
 * @param {any} answer
 * @returns {unknown}
 */
export function arrive(s, answer) {
  if (!drawable.has(s.page)) return drawers(s.page).then(() => arrive(s, answer), missing(s));
  if (answer.token !== s.token || !holder(s)) return undefined;
  answered(s, answer);
  const changed = absorb(s, answer);
  // The server may work on what comes next while these figures are painted.
  goOn(s);
  if (answer.index === 0 && !answer.problem) foresee(s);
  redraw(s, changed, answer.index === 0 || Boolean(s.beside));
  // Plotly measures as it draws: words that changed before would be laid out for every figure.
  if (answer.problem) return undefined;
  tell(s, answer);
  return renewTables(s);
}

/* Take an answer in; the slots whose figures it changes. */
function absorb(s, answer) {
  s.answer = answer;
  dim(s, false);
  problem(s, answer.problem, answer.index > 0);
  part(s, "compare").classList.toggle("pinned", Boolean(s.pinned));
  if (answer.problem) return [];
  s.shown = { answer, params: s.sent };
  const changed = [];
  answer.figures.forEach((item, slot) => {
    if (!item) return;
    s.items[slot] = item;
    changed.push(slot);
  });
  const before = s.beside;
  s.beside = answer.beside;
  // side B is measured, too; axes are common
  s.beside?.figures.forEach((figure, slot) => {
    if (s.items[slot] && figure !== before?.figures[slot] && !changed.includes(slot)) changed.push(slot);
  });
  if (answer.index === 0) settle(s, answer);
  // a sample's frames are those of its newest batch
  else if (changed.some((slot) => s.items[slot].frames)) equip(s);
  return changed;
}

/* The first answer to a setting says how many figures there are. */
function settle(s, answer) {
  s.items.length = answer.figures.length;
  holder(s).classList.toggle("compared", Boolean(s.beside));
  showSlots(s);
  equip(s);
  remember(s, answer.query);
  s.local = answer.local;
  s.key = keyOf(s, s.sent);
  if (s.local.some((name) => s.params[name] !== s.sent[name])) showLocal(s);
  // when the components have followed
  requestAnimationFrame(() => {
    markFirst();
    showTab();
  });
}

function showSlots(s) {
  const slots = holder(s);
  [...slots.children].forEach((slot, i) => {
    slot.classList.toggle("empty", i >= s.items.length);
    slot.classList.toggle("drawn", i < s.items.length);
  });
  slots.dataset.count = s.items.length;
}

/* Fields that the server need not be asked for have changed: figures, address and Python. */
function showLocal(s) {
  if (!s.shown) return;
  const { answer } = s.shown;
  s.shown.params = s.params;
  answer.query = queryOf(s.meta.fields, s.params);
  tellPython(s);
  remember(s, answer.query);
  redraw(s, [...s.items.keys()].filter((slot) => isPrepared(s.items[slot])), false);
}

deliverTo({ arrive, showLocal });
