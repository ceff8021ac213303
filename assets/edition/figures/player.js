/* The player: all frames are here already; play, pause, step and speed ask the server nothing. */

import { button, element, typeset } from "../page/elements.js";
import { part, plotOf } from "../page/state.js";
import { tellResult } from "../page/words.js";
import { plot } from "./drawing.js";
import { frames } from "./numbers.js";
import { AT_ONCE } from "./plotly.js";

/** @import { State } from "../page/state.js" */

const SPEEDS = [["0.25", "¼×"], ["0.5", "½×"], ["1", "1×"], ["2", "2×"], ["4", "4×"]];
const RATE = 12;
const still = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/* One player a page: every figure with frames follows it. */
class Player {
  constructor(s, key) {
    this.s = s;
    this.key = key;
    this.speed = 1;
    this.due = 0;
    this.at = 0;
    this.slots = new Map();
    this.titles = new Map();
    this.titled = new Map();
    this.playing = !still();
  }

  get alive() { return this.s.player === this && this.range && this.range.isConnected; }

  /* The items of an answer that have frames; the first one's slot holds the buttons. */
  load(items) {
    const before = this.names ? this.names.length : null;
    this.slots.clear();
    this.titles.clear();
    items.forEach((item, slot) => {
      if (!item.frames) return;
      if (item.frames.titles) this.titles.set(slot, item.frames.titles);
      this.names = item.frames.names;
      this.word = item.frames.label;
      this.slots.set(slot, item.frames.traces.map((t) => ({ index: t.index, attribute: t.attribute, all: frames(t) })));
    });
    this.last = this.names.length - 1;
    if (before === null) this.at = still() ? this.last : 0;
    else if (before !== this.names.length) this.at = this.last;
    if (!this.range || !this.range.isConnected) this.build();
    this.show();
  }

  apply(slot, figure) {
    for (const t of this.slots.get(slot) || [])
      figure.data[t.index] = { ...figure.data[t.index], [t.attribute]: t.all[this.at] };
    const text = this.titles.get(slot)?.[this.at];
    if (text !== undefined) figure.layout.title = { ...figure.layout.title, text };
    this.titled.set(slot, text);
  }

  restart() { this.at = 0; this.play(!still()); this.go(still() ? this.last : 0); }

  play(on) {
    this.playing = on;
    if (on && this.at === this.last) this.at = 0;
    this.button.textContent = on ? "Pause" : "Play";
  }

  /* Resolves when the frame has been drawn. */
  go(k) {
    this.at = Math.min(this.last, Math.max(0, k));
    this.show();
    if (this.s.shown?.answer.played?.length) tellResult(this.s);
    const drawn = Promise.all(Array.from(this.slots, ([slot, traces]) => this.paint(slot, traces)));
    this.drawing = drawn;
    return drawn.finally(() => { if (this.drawing === drawn) this.drawing = null; });
  }

  /* Curves and points are moved where they are; a heat map, or a title of other words, is drawn anew. */
  paint(slot, traces) {
    if (this.titles.get(slot)?.[this.at] !== this.titled.get(slot)) return plot(this.s, slot);
    const gd = plotOf(this.s, slot);
    if (!gd || !gd._fullLayout || !gd.data || gd.data.length <= Math.max(...traces.map((t) => t.index))) return null;
    const now = new Map();
    for (const t of traces) now.set(t.index, { ...now.get(t.index), [t.attribute]: t.all[this.at] });
    const [indices, data] = [[...now.keys()], [...now.values()]];
    // in half the time that plotly takes to restyle
    if (data.some((trace) => trace.z))
      return window.Plotly.react(gd, gd.data.map((trace, i) => ({ ...trace, ...now.get(i) })), gd.layout);
    // a later frame takes the place of one that has not been drawn yet
    return window.Plotly.animate(gd, { data, traces: indices }, AT_ONCE).catch(() => null);
  }

  tick(t) {
    if (!this.alive) return;
    if (this.playing && t >= this.due && !this.drawing) {
      this.due = t + 1000 / (RATE * this.speed) - 4;
      if (this.at < this.last) this.go(this.at + 1);
      else this.play(false);
    }
    requestAnimationFrame((u) => this.tick(u));
  }

  show() {
    this.range.max = this.last;
    this.range.value = this.at;
    const text = `${this.word} ${this.names[this.at]}`;
    this.range.setAttribute("aria-valuetext", text);
    this.label.replaceChildren(...typeset(text));
  }

  build() {
    const slot = this.slots.keys().next().value;
    const step = (d) => () => { this.play(false); this.go(this.at + d); };
    this.button = button(this.playing ? "Pause" : "Play", () => this.play(!this.playing), "Play or pause");
    this.range = element("input", {
      type: "range", min: 0, step: 1, "aria-label": this.word,
      oninput: () => { this.play(false); this.go(Number(this.range.value)); },
    });
    this.label = element("span", { class: "player-label" });
    const speed = element("select", { "aria-label": "Speed", onchange: () => { this.speed = Number(speed.value); } },
      ...SPEEDS.map(([value, text]) => new Option(text, value, value === "1", value === "1")));
    part(this.s, `${slot}-player`).replaceChildren(
      this.button, button("‹", step(-1), "One step back"), button("›", step(1), "One step on"),
      this.range, this.label, speed,
    );
    requestAnimationFrame((t) => this.tick(t));
  }
}

/**
 * Give a page its player, keep it, or take it away.
 * @param {State} s
 * @returns {void}
 */
export function equip(s) {
  const first = s.items.findIndex((item) => item.frames);
  s.items.forEach((_, slot) => {
    part(s, `${slot}-player`).hidden = slot !== first;
    part(s, `${slot}-slot`).classList.toggle("played", slot === first);
  });
  if (first < 0) {
    s.player = null;
    return;
  }
  const key = s.items.map((item) => item.key).join();
  if (!s.player || s.player.key !== key) s.player = new Player(s, key);
  s.player.load(s.items);
}
