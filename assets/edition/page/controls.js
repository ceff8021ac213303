/* The controls: what they say, and what they are told. */

import { held, put as tell, touch } from "./dash.js";
import { idle, leap, legal, position, sliding, stop } from "./fields.js";
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
    [name, field.kind === "flag" ? controls.box[name].checked : controls.box[name].value]));
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

/* Keys that the slider library leaves out. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "PageUp" && event.key !== "PageDown") return;
  if (event.target.getAttribute("role") !== "slider") return;
  const root = event.target.closest("[id*='\"slider\"']");
  if (!root) return;
  const { page, param } = JSON.parse(root.id);
  const s = pages[page];
  event.preventDefault();
  event.stopPropagation();
  const value = leap(s.meta.fields[param], s.sliders[param], event.key === "PageUp" ? 1 : -1);
  touch(page, "slider", param, { value });
}, true);
