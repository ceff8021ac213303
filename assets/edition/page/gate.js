/* The gate: controls in, one request in flight, answers out. */

import { check, moveSliders, put, read, showRelevant } from "./controls.js";
import { begin, conversation, drop, send } from "./conversation.js";
import { refresh, whenSaid } from "./dash.js";
import { positions } from "./fields.js";
import { firstAnswer, question } from "./sides.js";
import { holder, pages } from "./state.js";
import { pauseLabel, problem } from "./words.js";

/** @import { Params, State } from "./state.js" */

/* Milliseconds: a key that may not be the last of a number; an answer that does not come; a figure
   that waits; a first answer that is worth waiting for; controls that rest. */
const TYPING = 300, PATIENCE = 4000, DIM = 300, WORTH = 10000, REST = 250;

/* What takes answers in, and shows fields that the server need not be asked for. */
let takes = null;

/**
 * Name what takes answers in. The gate knows nothing of figures.
 * @param {{arrive: (s: State, answer: any) => void, showLocal: (s: State) => void}} receiver
 * @returns {void}
 */
export function deliverTo(receiver) {
  takes = receiver;
}

/**
 * The state of a page, made when first asked for.
 * @param {string} page
 * @returns {State}
 */
export function state(page) {
  if (pages[page]) return pages[page];
  const s = {
    ...conversation({
      patience: PATIENCE,
      question: (index, afresh) => ask(s, index, afresh),
      arrive: (answer) => takes.arrive(s, answer),
      lost: (index, what) => lost(s, index, what),
      told: (given) => problem(s, given),
    }),
    page, key: null, push: false, typing: 0, params: null, claim: null, answer: null, local: [], items: [], zoom: {},
    player: null, pending: new Set(), sliders: {},
  };
  pages[page] = s;
  return s;
}

/**
 * The controls have changed, perhaps. What they say is asked before boxes and sliders follow one
 * another: the server works while they are drawn.
 * @param {State} s
 * @param {Element | null} [typedInto] the box that has the cursor, if any
 * @returns {void}
 */
export function gate(s, typedInto = null) {
  const controls = read(s);
  if (!controls) return;
  const { said, moved } = controls;
  const whole = check(s, said);
  clearTimeout(s.typing);
  s.typing = 0;
  // what is being typed is asked for when it stands for a moment: 9 is not meant on the way to 999
  if (whole && typedInto && !Object.keys(moved).length) s.typing = setTimeout(() => wanted(s, said), TYPING);
  else if (whole) wanted(s, said);
  put(s, moved);
  if (whole) moveSliders(s, said);
}

function wanted(s, said) {
  s.typing = 0;
  s.wanted = said;
  showRelevant(s, said);
  inquire(s);
}

whenSaid((s) => gate(s, document.activeElement?.closest(".control-box, .points-box")));

/**
 * A page that has just been laid out brings the answer to what its controls say.
 * @param {State} s
 * @param {any} meta
 * @returns {boolean} whether it had not been laid out before
 */
export function mount(s, meta) {
  if (s.meta && s.meta.visit === meta.visit) return false;
  clearTimeout(s.typing);
  drop(s);
  Object.assign(s, {
    typing: 0, meta, playing: true, answer: null, shown: null, items: [], zoom: {}, player: null, pinned: meta.pinned,
    params: meta.params, wanted: meta.params, sent: meta.params, local: meta.first.local || [],
    claim: /^#claim-(\w+)$/.exec(window.location.hash)?.[1] ?? null, sliders: positions(meta.fields, meta.params),
  });
  refresh(s);
  s.first = firstAnswer(s);
  s.key = keyOf(s, meta.params);
  s.pending.clear();
  return true;
}

/* ---- asking ---------------------------------------------------------------- */

/* Send what the controls say, unless it has been sent or another first answer is under way. */
function inquire(s) {
  const key = keyOf(s, s.wanted);
  if (key === s.key) return showLocal(s);
  // The first answer to a setting is worth waiting for; a running batch is not.
  if (s.busy && s.index === 0 && performance.now() - s.sentAt < WORTH) return undefined;
  s.key = key;
  s.params = s.wanted;
  return begin(s);
}

/* Fields that the figures' own script shows have changed, if any. */
function showLocal(s) {
  if (!s.local.some((name) => s.wanted[name] !== s.params[name])) return;
  s.params = s.wanted;
  if (s.answer) takes.showLocal(s);
}

/**
 * What of a setting the server is asked for.
 * @param {State} s
 * @param {Params} params
 * @returns {string}
 */
export function keyOf(s, params) {
  const asked = Object.keys(s.meta.fields).filter((name) => !s.local.includes(name));
  return JSON.stringify([asked.map((name) => params[name]), s.pinned]);
}

function ask(s, index, afresh) {
  s.sent = s.params;
  if (index === 0) {
    clearTimeout(s.dimmer);
    s.dimmer = setTimeout(() => dim(s, true), DIM);
  }
  return question(s, index, afresh);
}

/* ---- answers --------------------------------------------------------------- */

/**
 * An answer has been taken in: the newest setting next, or one batch more.
 * @param {State} s
 * @returns {void}
 */
export function goOn(s) {
  inquire(s);
  next(s);
}

/* A question that failed, or has no answer after a while, is told, and the gate opens again. */
function lost(s, index, what) {
  if (!holder(s)) return;
  dim(s, false);
  if (index > 0) {
    s.index = s.answer.index;
    s.playing = false;
    pauseLabel(s);
  }
  const advice = index > 0 ? "The sample has stopped: press Continue."
    : "The figure shows the last setting it answered; change a control to ask again.";
  problem(s, { text: `The server ${what}. ${advice}` });
  inquire(s);
}

/**
 * Dim the figures while they are waited for.
 * @param {State} s
 * @param {boolean} on
 * @returns {void}
 */
export function dim(s, on) {
  clearTimeout(s.dimmer);
  holder(s)?.classList.toggle("waiting", on);
}

/**
 * Ask for the batch after the one that has arrived; the first one, when the controls rest.
 * @param {State} s
 * @returns {void}
 */
export function next(s) {
  const a = s.answer;
  clearTimeout(s.resting);
  if (s.busy || !s.playing || !a || a.problem || a.last || a.token !== s.token || a.index !== s.index || document.hidden) return;
  const more = () => {
    if (s.answer === a && a.token === s.token && s.playing && !s.busy) send(s, a.index + 1);
  };
  if (a.index === 0) s.resting = setTimeout(more, REST);
  else requestAnimationFrame(more);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) Object.values(pages).forEach((s) => s.meta && next(s));
});

/**
 * Begin a setting anew, its player and its sample too.
 * @param {State} s
 * @returns {void}
 */
export function again(s) {
  if (s.player) s.player.restart();
  begin(s);
}

/* ---- writing the controls -------------------------------------------------- */

/**
 * Put values into the controls; however many there are, there is one request.
 * @param {State} s
 * @param {Params} values
 * @returns {void}
 */
export function write(s, values) {
  put(s, values);
  gate(s);
}

/**
 * A step that going back undoes: other values, and another side B where one is given.
 * @param {State} s
 * @param {Params} values
 * @param {Params | null} [pinned]
 * @returns {void}
 */
export function jump(s, values, pinned = s.pinned) {
  s.push = true;
  clearTimeout(s.pushing);
  s.pushing = setTimeout(() => { s.push = false; }, 3000);
  go(s, values, pinned);
}

/**
 * Go to a setting, as going back does.
 * @param {State} s
 * @param {Params} values
 * @param {Params | null} pinned
 * @returns {void}
 */
export function go(s, values, pinned) {
  s.pinned = pinned;
  write(s, values);
  inquire(s);
}
