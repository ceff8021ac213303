/* What a page asks for: a setting, one batch more, side B of a comparison. */

import { answerAt } from "./conversation.js";
import { queryOf } from "./spelling.js";

/** @import { State } from "./state.js" */

/**
 * The answer to the setting of a page and what is pinned beside it, or one batch more.
 * @param {State} s
 * @param {number} index
 * @param {boolean} afresh
 * @returns {Promise<any>}
 */
export function question(s, index, afresh) {
  const query = queryOf(s.meta.fields, s.params);
  // A batch changes nothing on side B.
  if (index > 0) return answerAt(s.meta.path, `${query}${query && "&"}batch=${index}`, afresh);
  const asked = { query, answer: answerAt(s.meta.path, query, afresh) };
  return Promise.all([asked.answer, sideB(s, asked)]).then(([a, b]) => compared(a, b));
}

/* The answer to what is pinned, asked for once, if it is not what is `asked` anyhow; null where
   nothing is pinned. */
function sideB(s, asked) {
  if (!s.pinned) return null;
  const query = queryOf(s.meta.fields, s.pinned);
  if (s.other?.query !== query) {
    const other = query === asked.query ? asked : { query, answer: answerAt(s.meta.path, query) };
    s.other = other;
    const forget = () => { if (s.other === other) s.other = null; };
    other.answer.then((answer) => answer.wait && forget(), forget);
  }
  return s.other.answer;
}

/**
 * What a page was laid out with: the answer to its setting, and to what is pinned.
 * @param {State} s
 * @returns {any}
 */
export function firstAnswer(s) {
  const { first, beside, fields, pinned } = s.meta;
  s.other = pinned && { query: queryOf(fields, pinned), answer: Promise.resolve(beside) };
  return { ...compared(first, beside), token: s.token, index: 0 };
}

/* The answer of side A with the figures and words of side B, if there is one. */
function compared(a, b) {
  if (a.problem || !b) return { ...a, beside: null };
  if (b.problem) return { problem: { text: `Side B: ${b.problem.text}`, nearest: null }, wait: b.wait };
  const { query, sentence, figures } = b;
  return { ...a, beside: { query, sentence, figures: figures.map((f) => f.spec), extras: figures.map((f) => f.extra) } };
}
