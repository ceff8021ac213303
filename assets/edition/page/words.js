/* The words of a page: result, claims, progress of the sample, and what is wrong. */

import { element, marked, say, typeset } from "./elements.js";
import { inLines, queryOf } from "./spelling.js";
import { measure, part } from "./state.js";

/** @import { Params, State } from "./state.js" */

/* A screen reader is told what has stood for so many milliseconds. */
const SPOKEN = 700;

/**
 * Say what an answer says: result, warning, Python, checks, sample.
 * @param {State} s
 * @param {any} answer
 * @returns {void}
 */
export function tell(s, answer) {
  tellResult(s);
  part(s, "sentence-b")?.replaceChildren(...typeset(s.beside ? "B: " + s.beside.sentence : ""));
  tellPython(s);
  for (const [key, check] of Object.entries(answer.checks)) tellCheck(s, key, check);
  tellMore(s, Object.values(answer.checks).filter((check) => !check).length);
  tellChosen(s);
  tellPreset(s);
  tellSampling(s, sampleOf(answer));
}

/**
 * The preset that is shown; −1 where none is.
 * @param {State} s
 * @returns {number}
 */
export function presetOf(s) {
  const { fields, offers } = s.meta;
  const now = queryOf(fields, s.params);
  return offers.preset.findIndex((params) => queryOf(fields, params) === now);
}

/* Which preset is shown, if any, and why it is worth a look. */
function tellPreset(s) {
  const at = presetOf(s);
  s.meta.offers.preset.forEach((_, i) => part(s, `preset-${i}`)?.setAttribute("aria-pressed", String(i === at)));
  const place = part(s, "reason");
  const text = at < 0 ? "" : part(s, `preset-${at}`).title;
  if (news(place, text)) place.replaceChildren(...typeset(text));
}

/**
 * The words of what is in front: of the frame, where they follow what is played.
 * @param {State} s
 * @returns {{ sentence: string, warning: string }}
 */
export function wordsOf(s) {
  const { answer } = s.shown;
  return (s.player && answer.played?.[s.player.at]) || answer;
}

/**
 * Say the result and the warning of what is in front.
 * @param {State} s
 * @returns {void}
 */
export function tellResult(s) {
  const { sentence, warning } = wordsOf(s);
  part(s, "sentence")?.replaceChildren(...typeset((s.beside ? "A: " : "") + sentence));
  const place = part(s, "warning");
  place.hidden = !warning;
  if (news(place, warning)) {
    place.replaceChildren(...typeset(warning));
    // the figure has what room is left
    measure(s);
  }
  clearTimeout(s.speaker);
  s.speaker = setTimeout(() => {
    const status = part(s, "status");
    if (status) status.textContent = sentence;
  }, SPOKEN);
}

/**
 * The lines of Python that give what is shown.
 * @param {State} s
 * @returns {string}
 */
export const pythonOf = (s) => inLines(s.shown.answer.python, s.local, s.shown.params);

/**
 * Say them.
 * @param {State} s
 * @returns {void}
 */
export function tellPython(s) {
  part(s, "python").textContent = pythonOf(s);
}

/* ---- claims -------------------------------------------------------------------- */

/* The numbers of a check and its verdicts, or that there are none. */
function tellCheck(s, key, check) {
  const place = part(s, `claim-${key}`);
  if (!place || !news(place, check)) return;
  place.closest(".claim").classList.toggle("untested", !check);
  place.replaceChildren(...(check ? numbersOf(check)
    : [element("span", { class: "quiet" }, "Not tested by this setting.")]));
}

/* The claims that the present setting does not test are folded behind one line. */
function tellMore(s, count) {
  const button = part(s, "more");
  if (!button) return;
  button.hidden = !count;
  const open = part(s, "claims").classList.contains("unfolded");
  button.setAttribute("aria-expanded", String(open));
  const them = count === 1 ? "claim of this page, at another setting" : "claims of this page, at other settings";
  say(button, `${open ? "Without the" : ""} ${count}${open ? "" : " more"} ${them}`.trim());
}

/**
 * Fold them, or show them.
 * @param {State} s
 * @returns {void}
 */
export function foldClaims(s) {
  part(s, "claims").classList.toggle("unfolded");
  tellMore(s, document.querySelectorAll("#main .claim.untested").length);
}

/**
 * The claim that has been asked for, for as long as the setting tests it.
 * @param {State} s
 * @returns {void}
 */
export function tellChosen(s) {
  const place = part(s, "chosen");
  const check = (s.claim && s.answer?.checks[s.claim]) || null;
  if (!news(place, check)) return;
  // a style that looked for it would be looked at with every change of a figure
  place.closest(".stage").classList.toggle("choosing", Boolean(check));
  place.replaceChildren(...(check ? [element("strong", {}, "Claim:"), ...numbersOf(check)] : []));
}

/* Whether `place` does not say `check` already. */
function news(place, check) {
  const said = JSON.stringify(check);
  if (place.dowSaid === said) return false;
  place.dowSaid = said;
  return true;
}

function numbersOf(check) {
  const parts = [element("span", { class: "quantity" }, ...typeset(check.quantity))];
  if (check.measured) {
    const error = check.sampled ? ` ± ${check.error}` : ` (tolerance ${check.error})`;
    parts.push(element("span", { class: "measured" }, `measured ${check.measured}${error}`));
  }
  for (const [label, predicted, verdict] of check.statements)
    parts.push(element("span", { class: "statement-row" },
      element("span", {}, ...typeset(`${label}: ${predicted}`)), marked(verdict)));
  if (check.reason) parts.push(element("span", { class: "quiet" }, ...typeset(check.reason)));
  return parts;
}

/* ---- the sample ---------------------------------------------------------------- */

/* How far the samples of both sides are, in the words of side A where it has one; null where a setting
   draws none. */
function sampleOf({ sampling: a, beside }) {
  const b = beside?.sampling;
  if (!a || !b) return a || (b && { ...b, text: b.text && `B: ${b.text}` });
  return { done: a.done + b.done, total: a.total + b.total, text: a.text };
}

function tellSampling(s, sampling) {
  const panel = part(s, "sampler");
  if (!panel) return;
  const before = panel.hidden;
  panel.hidden = !sampling;
  // on a phone it has a line of its own
  if (panel.hidden !== before) measure(s);
  if (!sampling) return;
  const bar = part(s, "progress");
  bar.max = sampling.total;
  bar.value = sampling.done;
  bar.setAttribute("aria-valuetext", `${sampling.done} of ${sampling.total} batches`);
  part(s, "sampled").replaceChildren(...typeset(sampling.text));
  pauseLabel(s);
}

/**
 * What the button does next.
 * @param {State} s
 * @returns {void}
 */
export function pauseLabel(s) {
  const button = part(s, "pause");
  if (!button) return;
  button.textContent = s.playing ? "Pause" : "Continue";
  // nothing is left to pause
  button.hidden = Boolean(s.answer?.last);
}

/* ---- problems ------------------------------------------------------------------ */

/**
 * Say what is wrong, or nothing; a button takes the nearest setting where there is one.
 * @param {State} s
 * @param {{text: string, nearest?: Params | null, stays?: boolean} | null} given what `stays` is not
 *   taken back by one batch more
 * @param {boolean} [batch] whether that is what says so
 * @returns {void}
 */
export function problem(s, given, batch = false) {
  const note = part(s, "problem");
  if (batch && !given && note.hasAttribute("data-stays")) return;
  note.hidden = !given;
  note.toggleAttribute("data-stays", Boolean(given?.stays));
  note.replaceChildren();
  if (!given) return;
  note.append(element("p", {}, given.text));
  if (!given.nearest) return;
  const nearest = JSON.stringify(given.nearest);
  note.append(element("button", { class: "button", "data-page": s.page, "data-nearest": nearest }, "Take the nearest setting"));
}
