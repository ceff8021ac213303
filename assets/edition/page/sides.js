/* What a page asks for: a setting, one batch more, side B of a comparison. */

import { answerAt } from "./conversation.js";
import { queryOf } from "./spelling.js";

/** @import { State } from "./state.js" */

/**
 * The answer to the setting of a page and what is pinned beside it, or one batch more of both.
 * @param {State} s
 * @param {number} index
 * @param {boolean} afresh
 * @returns {Promise<any>}
 */
export function question(s, index, afresh) {
  const { path, fields } = s.meta;
  const query = queryOf(fields, s.params);
  if (index > 0) {
    // side A may be complete while side B is not
    const unchanged = { ...s.answer, figures: s.answer.figures.map(() => null) };
    const more = complete(s.answer) ? unchanged : answerAt(path, batchOf(query, index), afresh);
    return Promise.all([more, furtherB(s, query, more, afresh)]).then(([a, b]) => compared(a, b));
  }
  const asked = { query, answer: answerAt(path, query, afresh) };
  return Promise.all([asked.answer, sideB(s, asked)]).then(([a, b]) => compared(a, b));
}

/* Whether the sample of an answer, if it has one, is complete. */
const complete = ({ sampling }) => !sampling || sampling.done >= sampling.total;

const batchOf = (query, index) => `${query}${query && "&"}batch=${index}`;

/* The answer to what is pinned, with the sample that it has by now, asked for once, if it is not what
   is `asked` anyhow; null where nothing is pinned. */
function sideB(s, asked) {
  if (!s.pinned) return null;
  const query = queryOf(s.meta.fields, s.pinned);
  if (query === asked.query || s.other?.query !== query) {
    const other = query === asked.query ? asked : { query, answer: answerAt(s.meta.path, query) };
    s.other = other;
    const forget = () => { if (s.other === other) s.other = null; };
    other.answer.then((answer) => answer.wait && forget(), forget);
  }
  return s.other.answer;
}

/* The same with one batch more. Where both sides are at one setting it is side A's, with its dots. */
function furtherB(s, query, more, afresh) {
  const { other, pinned, meta } = s;
  if (!pinned || !other) return null;
  other.coming ??= other.answer.then(async (known) => {
    const same = other.query === query;
    if (complete(known) && !same) return known;
    const batch = same ? await more : await answerAt(meta.path, batchOf(other.query, known.sampling.done + 1), afresh);
    if (batch.restart && s.other === other) s.other = null;
    if (batch.problem || !batch.figures) return batch;
    // what is not sampled stays
    const whole = { ...batch, figures: batch.figures.map((figure, slot) => figure || known.figures[slot]) };
    other.answer = Promise.resolve(whole);
    return whole;
  }).finally(() => { other.coming = null; });
  return other.coming;
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

/* The answer of side A with the figures, words and sample of side B, if there is one; `last` says
   whether no batch is left to ask for. */
function compared(a, b) {
  if (a.problem || !b) return { ...a, beside: null, last: complete(a) };
  if (b.problem) return { problem: { text: `Side B: ${b.problem.text}`, nearest: null }, wait: b.wait, restart: b.restart, last: true };
  const { query, sentence, figures, sampling } = b;
  const beside = { query, sentence, sampling, figures: figures.map((f) => f.spec), extras: figures.map((f) => f.extra) };
  return { ...a, beside, last: complete(a) && complete(b) };
}
