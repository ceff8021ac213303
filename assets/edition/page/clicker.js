/* A presenter's clicker sends PageDown and PageUp. On a projector they step through the page's presets,
   each with its reason, and on to the next page; the figure stays where it is. */

import { jump } from "./gate.js";
import { inside } from "./prefix.js";
import { holder, pages } from "./state.js";
import { presetOf } from "./words.js";

const STEPS = { PageDown: 1, PageUp: -1 };

/* The page before or after this one, as the navigation lists them. */
function turn(step) {
  const links = [...document.querySelectorAll("#navigation nav section li a, #navigation nav > a")];
  const here = links.findIndex((link) => link.pathname === window.location.pathname);
  links[here + step]?.click();
}

/* The preset that was taken last is where a moved slider goes on from. */
const taken = { page: null, at: -1 };

window.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || document.documentElement.dataset.look !== "projector") return;
  const s = Object.values(pages).find((one) => one.meta && holder(one));
  if (!s && inside(window.location.pathname) !== "/") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  window.scrollTo({ top: 0 });
  if (!s) return turn(step);
  const now = presetOf(s);
  const at = (now >= 0 ? now : taken.page === s.meta.visit ? taken.at : -1) + step;
  if (at < 0 || at >= s.meta.offers.preset.length) return turn(step);
  Object.assign(taken, { page: s.meta.visit, at });
  s.claim = null;
  return jump(s, s.meta.offers.preset[at]);
}, true);
