/* Dash's renderer and its components: what they are told, and what they tell. */

import { pages } from "./state.js";

/** @import { State } from "./state.js" */

/**
 * Tell a component something, as a callback would.
 * @param {string} id
 * @param {object} props
 * @returns {void}
 */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

/**
 * What a callback returns that changes nothing.
 * @returns {unknown}
 */
export const unchanged = () => window.dash_clientside.no_update;

/**
 * The properties that have triggered the callback that runs, as "id.property"; none when a page opens.
 * @returns {string[]}
 */
export const triggers = () =>
  window.dash_clientside.callback_context.triggered.map((one) => one.prop_id);

/* ---- inputs ---------------------------------------------------------------------- */

/** @typedef {"box" | "slider"} Kind */

// Boxes and sliders that are laid out, by page, kind and field.
const parts = {};

let listener = null;

/**
 * Name what hears when a hand has changed an input of a page that has been laid out.
 * @param {(s: State) => void} hears
 * @returns {void}
 */
export const whenSaid = (hears) => { listener = hears; };

/* What is typed into, and what is drawn along. */
const TYPED = "TextInput", DRAWN = "Slider";

/* A Mantine input that tells the gate itself what is done to it. The renderer need not hear of it:
   it would look at every component of the page before anybody else is told. */
const heard = (type) => function Heard(props) {
  const { createElement, useLayoutEffect, useReducer, useRef } = window.React;
  const [, draw] = useReducer((n) => n + 1, 0);
  const part = useRef({ now: {}, told: {}, made: 0 }).current;
  Object.assign(part, { props, draw, typed: type === TYPED, slides: type === DRAWN });
  const { kind, page, param } = JSON.parse(props.id);
  useLayoutEffect(() => {
    const its = (parts[page] ||= { box: {}, slider: {} })[kind];
    its[param] = part;
    return () => { if (its[param] === part) delete its[param]; };
  }, [kind, page, param, part]);
  useLayoutEffect(() => {
    if (part.focused) document.getElementById(props.id)?.querySelector("[role=slider]")?.focus();
    part.focused = false;
  }, [part.made]);
  const its = { ...props, ...part.told, key: part.made, setProps: (change) => said(page, part, change) };
  return createElement(window.dash_mantine_components[type], its);
};

/** The components that components/inputs.py names. */
export const INPUTS = Object.fromEntries(
  ["SegmentedControl", "Select", "Slider", "Switch", "TextInput"].map((type) => [type, heard(type)]));

/* What a part holds and is drawn with. */
function set(part, change) {
  if (part.slides) remake(part, change.value);
  Object.assign(part.now, change);
  part.told = { ...part.now };
  const written = part.typed && write(part);
  if (!written) part.draw();
  if (part.typed) wait(part, !written);
}

const boxOf = ({ props }) => document.getElementById(props.id);

/* A box that follows a slider is written into, in the frame in which the slider moves. To draw it
   takes a frame of its own. */
function write(part) {
  const box = boxOf(part);
  if (!box || inHand(part)) return false;
  box.value = String({ ...part.props, ...part.now }.value);
  return true;
}

/* What a hand has touched last. */
let touched = null;
for (const name of ["pointerdown", "keydown", "focusin"])
  document.addEventListener(name, (event) => { touched = event.target; }, true);
const inHand = ({ props }) => Boolean(document.getElementById(props.id)?.closest(".control-box, .points-box")?.contains(touched));

/* What has been written into a box is drawn at rest. A box keeps a value of its own, which follows what
   is put into it an effect later: where much is put in a row it may stay behind. It is then made anew. */
const REST = 150;
function wait(part, drawn) {
  clearTimeout(part.resting);
  part.resting = setTimeout(() => {
    const box = boxOf(part);
    // the attribute is what the component itself has put there
    if (!box || inHand(part) || box.getAttribute("value") === String({ ...part.props, ...part.now }.value)) return;
    if (drawn) part.made += 1;
    part.draw();
    if (!drawn) wait(part, true);
  }, REST);
}

/* A slider follows what it is told where that differs from what it was told before: where a hand has
   moved it since, it is made anew. */
function remake(part, value) {
  const told = { ...part.props, ...part.told }.value;
  if (value !== told || value === { ...part.props, ...part.now }.value) return;
  part.made += 1;
  part.focused = document.getElementById(part.props.id)?.contains(document.activeElement);
}

function said(page, part, change) {
  // a box also tells what has been put into it; by then something else may be meant
  if (part.typed && "value" in change && !inHand(part)) return;
  // a slider that were told what it has said would go back there, an effect later: under a hand that
  // has moved on
  if (part.slides) Object.assign(part.now, change);
  else set(part, change);
  heardOf(page, change);
}

function heardOf(page, change) {
  const s = pages[page];
  if (s?.meta && ("value" in change || "checked" in change)) listener(s);
}

/**
 * Put something into an input, of which nobody hears.
 * @param {string} page
 * @param {Kind} kind
 * @param {string} param
 * @param {object} change
 * @returns {void}
 */
export const put = (page, kind, param, change) => set(parts[page][kind][param], change);

/**
 * Change an input as a hand does.
 * @param {string} page
 * @param {Kind} kind
 * @param {string} param
 * @param {object} change
 * @returns {void}
 */
export function touch(page, kind, param, change) {
  set(parts[page][kind][param], change);
  heardOf(page, change);
}

/**
 * The properties of a page's boxes and sliders, by the names of their fields.
 * @param {State} s
 * @returns {{box: Record<string, any>, slider: Record<string, any>} | null} null where it is not laid out
 */
export function held(s) {
  const its = parts[s.page];
  if (!its || !Object.keys(s.meta.fields).every((name) => its.box[name])) return null;
  const of = (kind) => Object.fromEntries(
    Object.entries(its[kind]).map(([name, { props, now }]) => [name, { ...props, ...now }]));
  return { box: of("box"), slider: of("slider") };
}

/**
 * A page that is laid out once more may find the inputs of its last visit: they say what it does.
 * @param {State} s
 * @returns {void}
 */
export function refresh(s) {
  for (const its of Object.values(parts[s.page] || {}))
    for (const part of Object.values(its)) {
      if (part.visit && part.visit !== s.meta.visit) {
        if (part.slides) remake(part, part.props.value);
        Object.assign(part, { now: {}, told: {} });
        part.draw();
      }
      part.visit = s.meta.visit;
    }
}
