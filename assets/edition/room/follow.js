/* A tab that follows: what the lecturer shows, until a hand leads it away or lets go. */

import { tellRoom } from "./bar.js";
import { isOver, lookInto, memory } from "./rooms.js";
import { guide } from "./shown.js";

/** @import { Shown } from "./rooms.js" */

/* Milliseconds between two looks into the room, when the server does not answer, and between two at
   this tab. A change is seen here within the first and the last together. */
const BEAT = 780, PATIENCE = 2500, TICK = 120;

/* Code of the room, and whether this tab has let go of it. */
const kept = memory("follow");
const way = guide();

/** @type {Shown | null} */
let heard = null;
let tag = "", lost = false, over = false;

const entered = /^#follow-(\w+)$/.exec(window.location.hash);
if (entered) {
  const { pathname, search } = window.location;
  window.history.replaceState(window.history.state, "", pathname + search);
  kept.set({ code: entered[1], own: false });
}

/** @returns {boolean} whether this tab is in a room, led by another one */
export const inRoom = () => kept.get() !== null;

/**
 * Leave the room.
 * @returns {void}
 */
export function leave() {
  kept.set(null);
  tellRoom("");
}

function own(on) {
  kept.set({ ...kept.get(), own: on });
  if (!on) way.aim(null);
  tick();
}

function tell() {
  const { own: free } = kept.get();
  if (over) tellRoom("The room is closed: the page is yours.", [["Close", leave]]);
  else if (lost) tellRoom("The room does not answer; trying again.", [["Leave", leave]]);
  else if (!heard) tellRoom("Looking for the lecturer …");
  else if (heard.locked) tellRoom(heard.paused ? "The lecturer has paused." : "You follow the lecturer, who holds the page.");
  else if (free) tellRoom("The page is yours.", [["Back to the lecturer", () => own(false)], ["Leave", leave]]);
  else tellRoom(heard.paused ? "The lecturer has paused." : "You follow the lecturer.", [["Let go", () => own(true)]]);
}

/* Look at this tab: it goes on towards what is shown, or has been led away. */
function tick() {
  if (!inRoom()) return;
  if (heard && !over) {
    const left = !kept.get().own && way.hasLeft();
    if (left && !heard.locked) kept.set({ ...kept.get(), own: true });
    if (left && heard.locked) way.aim(null);
    if (!kept.get().own) way.approach();
  }
  tell();
}

async function beat() {
  if (!inRoom() || over) return;
  let pause = BEAT;
  try {
    const news = await lookInto(kept.get().code, tag);
    ({ tag } = news);
    lost = false;
    if (news.shown) hear(news.shown);
  } catch (error) {
    over = isOver(error);
    lost = !over;
    pause = PATIENCE;
  }
  tick();
  if (document.hidden) document.addEventListener("visibilitychange", beat, { once: true });
  else setTimeout(beat, pause);
}

function hear(shown) {
  // a hand may have led away since this tab was looked at
  tick();
  const held = shown.locked && kept.get().own;
  heard = shown;
  if (held) kept.set({ ...kept.get(), own: false });
  way.aim(shown);
}

if (inRoom()) {
  beat();
  setInterval(tick, TICK);
}
