/* The buttons of a page, and going back. */

import { remember } from "./address.js";
import { defaults } from "./fields.js";
import { again, go, jump, next } from "./gate.js";
import { holder, pages, part } from "./state.js";
import { foldClaims, pauseLabel, tellChosen } from "./words.js";

/** @import { State } from "./state.js" */

const SEEDS = 1000000;

const actions = {
  reset: (s) => jump(s, defaults(s.meta.fields), null),
  pin: (s) => jump(s, {}, s.params),
  unpin: (s) => jump(s, {}, null),
  swap: (s) => s.pinned && jump(s, s.pinned, s.params),
  // after Stop, too: a new one is asked for
  sample: (s) => { s.playing = true; jump(s, { seed: Math.floor(Math.random() * SEEDS) }); },
  replay: (s) => { s.playing = true; again(s); },
};

function take(s, claim) {
  s.claim = claim;
  jump(s, s.meta.claims[claim]);
  tellChosen(s);
  // the setting may have been this one already
  if (!s.busy && s.answer) remember(s, s.answer.query);
  window.scrollTo({ top: 0 });
}

/* What is to be tried stands below the figure that it is tried on. */
function accept(s, offer, at) {
  jump(s, s.meta.offers[offer][at]);
  if (offer === "try") window.scrollTo({ top: 0 });
}

function play(s, on) {
  s.playing = on;
  pauseLabel(s);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-page]");
  const s = button && pages[button.dataset.page];
  if (!s || !s.meta) return;
  const { action, at, claim, drawer: rail, more, nearest, offer } = button.dataset;
  if (offer || action === "reset") s.claim = null;
  if (rail) drawer(s, part(s, "rail").classList.contains("closed"));
  else if (offer) accept(s, offer, Number(at));
  else if (more) foldClaims(s);
  else if (nearest) jump(s, JSON.parse(nearest));
  else if (claim) take(s, claim);
  else if (action) actions[action](s);
  else if (button.id === `${s.page}-pause`) {
    play(s, !s.playing);
    next(s);
  } else if (button.id === `${s.page}-stop`) {
    play(s, false);
    again(s);
  }
});

/**
 * Open or close the drawer that the controls are on a phone.
 * @param {State} s
 * @param {boolean} open
 * @returns {void}
 */
export function drawer(s, open) {
  part(s, "rail").classList.toggle("closed", !open);
  part(s, "drawer").setAttribute("aria-expanded", String(open));
}

/* The address holds all that a page that is loaded again shows: it must have followed. */
document.addEventListener("click", (event) => {
  if (!event.target.closest("button[data-reload]")) return;
  for (const s of Object.values(pages)) s.write?.();
  window.location.reload();
});

/* Going back on one page only writes the controls; other ways the router lays a page out. */
window.addEventListener("popstate", (event) => {
  const kept = event.state && event.state.dow;
  const s = kept && pages[kept.page];
  if (!s || !s.meta || !holder(s)) return;
  event.stopImmediatePropagation();
  s.claim = kept.claim;
  go(s, kept.params, kept.pinned);
  tellChosen(s);
});
