/* What this tab shows, as a lecturer tells it, and how another tab comes to show the same. */

import { linkTo } from "../page/address.js";
import { go } from "../page/gate.js";
import { here, prefix } from "../page/prefix.js";
import { lend, visit } from "../page/shell.js";
import { paramsOf, wordsOfSideB } from "../page/spelling.js";
import { holder, pages } from "../page/state.js";
import { tellChosen } from "../page/words.js";

/** @import { Shown } from "./rooms.js" */
/** @import { State } from "../page/state.js" */

/* Frames that a film may be ahead or behind. */
const DRIFT = 12;

const root = document.documentElement;
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/* The page of an experiment that is laid out, if any. */
const laidOut = () => Object.values(pages).find((s) => s.meta && holder(s));

const isHere = (s) => here() === s.meta.path;

/**
 * What this tab shows; null while a page is on its way.
 * @returns {Omit<Shown, "locked" | "paused"> | null}
 */
export function shown() {
  const s = laidOut();
  const { origin, search, hash } = window.location;
  if (s ? !s.shown || !isHere(s) : !document.querySelector("#main h1")) return null;
  return {
    address: s ? linkTo(s).slice((origin + prefix()).length) : here() + search + hash,
    look: root.dataset.look,
    frame: s?.player ? s.player.at : null,
    playing: Boolean(s?.player?.playing),
  };
}

const settingOf = (s) => JSON.stringify([s.wanted, s.pinned]);

/**
 * Brings this tab to what is shown elsewhere, step by step, and notes when a hand leads it away.
 * @returns {{aim: (target: Shown | null) => void, approach: () => void, hasLeft: () => boolean}}
 */
export function guide() {
  let target = null, look = null;
  // the address that has been gone to, and the setting that was put into its controls
  let gone = null, setting = null;

  /* Take the page of an experiment to the setting that an address spells. */
  function steer(s, url) {
    const { fields } = s.meta;
    const b = url.searchParams.get("b");
    s.claim = /^#claim-(\w+)$/.exec(url.hash)?.[1] ?? null;
    go(s, paramsOf(fields, url.searchParams), b === null ? null : paramsOf(fields, wordsOfSideB(b)));
    tellChosen(s);
    gone = target.address;
    setting = settingOf(s);
  }

  function play({ player }) {
    const { frame, playing } = target;
    if (!player || frame === null) return;
    const plays = playing && !still();
    if (player.playing !== plays) player.play(plays);
    if (plays ? Math.abs(player.at - frame) > DRIFT : player.at !== frame) player.go(frame);
    // played on from here until more is heard
    if (plays) target = { ...target, frame: null };
  }

  return {
    /* Name what is to be shown, or, by null, the same once more. */
    aim(other) {
      if (!other || other.address !== target?.address) gone = setting = null;
      if (other) target = other;
    },

    approach() {
      if (target.look !== look) lend(look = target.look);
      const url = new URL(target.address, window.location.origin);
      const s = laidOut();
      if (url.pathname !== here() || (!s && gone !== target.address)) {
        gone = target.address;
        const { search, hash } = window.location;
        if (url.pathname + url.search + url.hash !== here() + search + hash)
          visit(prefix() + url.pathname + url.search + url.hash);
      } else if (s?.answer && isHere(s)) {
        if (setting === null) steer(s, url);
        if (!s.busy || s.index > 0) play(s);
      }
    },

    hasLeft() {
      if (!target || gone === null) return false;
      if (new URL(target.address, window.location.origin).pathname !== here()) return true;
      const s = laidOut();
      return Boolean(s && setting !== null && isHere(s) && s.answer && settingOf(s) !== setting);
    },
  };
}
