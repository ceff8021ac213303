/* The controls: what they say, and what they are told. */

import { held, put as tell, touch } from "./dash.js";
import { idle, leap, legal, position, sliding, step, stop } from "./fields.js";
import { number, pairs } from "./meant.js";
import { points } from "./spelling.js";
import { pages, part } from "./state.js";

/** @import { Params, State } from "./state.js" */

/* ---- what the controls say -------------------------------------------------- */

/**
 * What every box holds, legal or not, where its slider has been moved what that says, and the values
 * of the boxes that have to follow one.
 * @param {State} s
 * @returns {{said: Params, moved: Params} | null} null where the page is not the one laid out
 */
export function read(s) {
  const controls = held(s);
  if (!controls) return null;
  const said = Object.fromEntries(Object.entries(s.meta.fields).map(([name, field]) =>
    [name, field.kind === "flag" ? controls.box[name].checked : meant(field, controls.box[name].value)]));
  const moved = {};
  for (const [name, field] of sliding(s.meta.fields)) {
    const at = controls.slider[name].value;
    if (typeof at !== "number" || s.sliders[name] === at) continue;
    s.sliders[name] = at;
    const target = stop(field, at, said[name]);
    if (target !== said[name]) moved[name] = target;
  }
  return { said: { ...said, ...moved }, moved };
}

/* The value that a box means: what is typed is text. */
function meant(field, value) {
  if (typeof value !== "string" || field.kind === "choice") return value;
  if (field.kind === "formula") return value.trim();
  return field.kind === "points" ? pairs(value) : number(value);
}

/**
 * Whether all that the boxes say is legal; what is not is said below its box.
 * @param {State} s
 * @param {Params} said
 * @returns {boolean}
 */
export function check(s, said) {
  let whole = true;
  for (const [name, field] of Object.entries(s.meta.fields)) {
    const good = legal(field, said[name]);
    const note = part(s, `problem-${name}`);
    const text = good ? "" : `${field.label} must be ${field.legal}. The figure shows the last legal value.`;
    if (note && note.textContent !== text) {
      note.textContent = text;
      note.closest(".control").querySelector("input")?.setAttribute("aria-invalid", String(!good));
    }
    whole &&= good;
  }
  return whole;
}

/**
 * Mark the controls that have no effect in a setting.
 * @param {State} s
 * @param {Params} params
 * @returns {void}
 */
export function showRelevant(s, params) {
  for (const [name, field] of Object.entries(s.meta.fields)) {
    if (!field.shown_if_any.length && !field.shown_if_all.length) continue;
    const parts = [`control-${name}`, ...(name === "seed" ? ["sample"] : [])];
    for (const one of parts) part(s, one)?.classList.toggle("irrelevant", idle(field, params));
  }
  markFirst();
}

/**
 * Mark the control to touch first: the first slider in sight.
 * @returns {void}
 */
export function markFirst() {
  const found = [...document.querySelectorAll("#main .control")].filter((one) => one.querySelector("[role=slider]"));
  const first = found.find((one) => !one.hidden && !one.classList.contains("irrelevant"));
  for (const one of found) one.classList.toggle("first", one === first);
}

let tabInFront = null;

const bring = (tabs) => {
  tabs.scrollLeft = tabInFront.offsetLeft - (tabs.clientWidth - tabInFront.offsetWidth) / 2;
};

/* Tabs of another size: the look has changed, or the window. */
const resized = new ResizeObserver(([{ target }]) => bring(target));

/**
 * Bring the tab in front into sight, when another one comes there; where it is does not change with
 * what a tab shows, and to ask where it is costs a layout.
 * @returns {void}
 */
export function showTab() {
  const tabs = document.querySelector("#main .tabs");
  const tab = tabs?.querySelector("input:checked")?.parentElement;
  if (!tab || tab === tabInFront) return;
  tabInFront = tab;
  bring(tabs);
  resized.disconnect();
  resized.observe(tabs);
}

/* ---- what they are told ------------------------------------------------------ */

/**
 * Put values into boxes.
 * @param {State} s
 * @param {Params} values
 * @returns {void}
 */
export function put(s, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = s.meta.fields[name];
    if (!field) continue;
    // points travel as lists in parameters and as text in their box
    const text = Array.isArray(value) ? points(value) : value;
    tell(s.page, "box", name, field.kind === "flag" ? { checked: value } : { value: text });
  }
}

/**
 * Put the sliders where `params` are.
 * @param {State} s
 * @param {Params} params
 * @returns {void}
 */
export function moveSliders(s, params) {
  for (const [name, field] of sliding(s.meta.fields)) {
    const wanted = position(field, params[name]);
    if (s.sliders[name] === wanted) continue;
    s.sliders[name] = wanted;
    tell(s.page, "slider", name, { value: wanted });
  }
}

/**
 * The control whose part of a kind has been reached by an event.
 * @param {Event} event
 * @param {import("./dash.js").Kind} kind
 * @returns {{page: string, param: string, s: State, field: import("./state.js").Field} | null}
 */
export function reached(event, kind) {
  const root = event.target.closest?.(`[id*='"kind":"${kind}"']`);
  if (!root) return null;
  const { page, param } = JSON.parse(root.id);
  const s = pages[page];
  return s?.meta?.fields[param] ? { page, param, s, field: s.meta.fields[param] } : null;
}

/* Keys that the library of the sliders leaves out, and those of boxes for numbers. */
const LEAPS = { PageUp: 1, PageDown: -1 };
const STEPS = { ArrowUp: 1, ArrowDown: -1 };
document.addEventListener("keydown", (event) => {
  const slider = LEAPS[event.key] && event.target.getAttribute("role") === "slider" && reached(event, "slider");
  const box = STEPS[event.key] && event.target.closest(".control-box") && reached(event, "box");
  if (!slider && !box) return;
  event.preventDefault();
  event.stopPropagation();
  if (slider) {
    const { page, param, s, field } = slider;
    touch(page, "slider", param, { value: leap(field, s.sliders[param], LEAPS[event.key]) });
  } else {
    const now = number(event.target.value);
    if (!Number.isNaN(now)) touch(box.page, "box", box.param, { value: step(box.field, now, STEPS[event.key]) });
  }
}, true);

/* A number that has been typed is spelled as ours are, when its box is left. */
document.addEventListener("focusout", (event) => {
  const box = event.target.closest(".control-box") && reached(event, "box");
  const value = box ? number(event.target.value) : NaN;
  if (box && legal(box.field, value) && event.target.value !== String(value)) put(box.s, { [box.param]: value });
});
