/* Who moves a slider by keys goes on as he has begun: what the next key will ask for is asked for as
   soon as the last answer is there. A hand that drags passes more values than anybody wants, and
   who saves data is asked for nothing else. */

import { answerAhead } from "./conversation.js";
import { reached } from "./controls.js";
import { following } from "./fields.js";
import { queryOf } from "./spelling.js";

/** @import { State } from "./state.js" */

const SIGNS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
/* Milliseconds after which who has come to a slider by the keyboard is not only passing it. */
const STAY = 100;

/* The slider that the last key has moved, by the name of its field, and to which side. */
let course = null;
let staying = 0;

const sliderOf = (event) => (event.target.getAttribute?.("role") === "slider" ? reached(event, "slider") : null);

document.addEventListener("keydown", (event) => {
  clearTimeout(staying);
  const slider = SIGNS[event.key] && sliderOf(event);
  course = slider && { ...slider, sign: SIGNS[event.key] };
}, true);

document.addEventListener("pointerdown", () => { course = null; }, true);

document.addEventListener("focusin", (event) => {
  clearTimeout(staying);
  const slider = event.target.matches(":focus-visible") && sliderOf(event);
  if (slider) staying = setTimeout(() => [1, -1].forEach((sign) => ask({ ...slider, sign })), STAY);
});

/**
 * An answer has been taken in: the next one.
 * @param {State} s
 * @returns {void}
 */
export function foresee(s) {
  if (course?.s === s) ask(course);
}

function ask({ s, param, field, sign }) {
  if (s.busy || s.typing || s.local.includes(param) || document.hidden || navigator.connection?.saveData) return;
  const value = following(field, s.sliders[param], sign, s.params[param]);
  if (value !== null) answerAhead(s.meta.path, queryOf(s.meta.fields, { ...s.params, [param]: value }));
}
