/* What fields allow, and where their sliders stand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, following, idle, leap, legal, position, positions, settled, sliding, step, stop } from "../../../assets/edition/page/fields.js";
import { generator } from "./random.mjs";

const always = { shown_if_any: [], shown_if_all: [] };
const WIDTH = { ...always, kind: "integer", low: 1, high: 999, step: 1, ladder: [1, 2, 3, 5, 8, 12, 20, 100, 999], slider: true, default: 8 };
const SLOPE = { ...always, kind: "real", low: -1, high: 1, step: 0.05, ladder: null, slider: true, default: 0.1 };
const SEED = { ...always, kind: "integer", low: 0, high: 999999, step: 1, ladder: null, slider: false, default: 1 };
const ARROWS = { ...always, kind: "flag", default: false };
const COLOUR = { ...always, kind: "choice", default: "pattern", shown_if_any: [["arrows", [true]], ["seed", [3, 4]]], shown_if_all: [["width", [8]]] };
const POINTS = { ...always, kind: "points", default: [[0, 1]] };
const FIELDS = { width: WIDTH, slope: SLOPE, seed: SEED, arrows: ARROWS, colour: COLOUR, own: POINTS };

test("a number is legal in its range, whole where it has to be", () => {
  for (const value of [1, 2, 999]) assert.ok(legal(WIDTH, value), value);
  for (const value of [0, 1000, 1.5, NaN, Infinity, "3", "", null, undefined, true, [3]]) assert.ok(!legal(WIDTH, value), String(value));
  for (const value of [-1, 0.123456, 1]) assert.ok(legal(SLOPE, value), value);
  for (const value of [-1.0001, 1.1, "0.5", -Infinity]) assert.ok(!legal(SLOPE, value), value);
});

test("flags, names and points are what they are", () => {
  assert.ok(legal(ARROWS, false));
  for (const value of [0, "true", null]) assert.ok(!legal(ARROWS, value));
  assert.ok(legal(COLOUR, "layer"));
  assert.ok(!legal(COLOUR, 3));
  for (const text of ["", "0~1", "-1.5~2_3~4", "1e-3~+2_", "1~2_3~4_"]) assert.ok(legal(POINTS, text), text);
  for (const text of ["0", "0~1_2", "a~b", "1~2;3~4", "1~2 ", "0~1~2"]) assert.ok(!legal(POINTS, text), text);
});

test("a field is idle unless all that it needs holds, and one of what it may need", () => {
  assert.ok(!idle(WIDTH, {}));
  assert.ok(!idle(COLOUR, { arrows: true, seed: 1, width: 8 }));
  assert.ok(!idle(COLOUR, { arrows: false, seed: 4, width: 8 }));
  assert.ok(idle(COLOUR, { arrows: false, seed: 1, width: 8 }));
  assert.ok(idle(COLOUR, { arrows: true, seed: 3, width: 9 }));
});

test("defaults and sliders are taken from the fields", () => {
  assert.deepEqual(defaults({ width: WIDTH, own: POINTS }), { width: 8, own: [[0, 1]] });
  assert.deepEqual(sliding(FIELDS).map(([name]) => name), ["width", "slope"]);
  assert.deepEqual(positions(FIELDS, { ...defaults(FIELDS), slope: 0.3 }), { width: 4, slope: 0.3 });
});

test("every stop of a ladder puts its value into the box, which brings the slider back", () => {
  for (const [i, value] of WIDTH.ladder.entries()) {
    assert.equal(stop(WIDTH, i, i === 0 ? 999 : 1), value);
    assert.equal(stop(WIDTH, i, "half typed"), value);
    assert.equal(position(WIDTH, value), i);
  }
});

test("a value off the ladder stays where its slider stands at the nearest stop", () => {
  const random = generator(1);
  for (let k = 0; k < 500; k++) {
    const value = 1 + Math.floor(999 * random());
    const at = position(WIDTH, value);
    const away = Math.abs(WIDTH.ladder[at] - value);
    assert.ok(WIDTH.ladder.every((other) => Math.abs(other - value) >= away));
    assert.equal(stop(WIDTH, at, value), value);
  }
  assert.equal(position(WIDTH, 4), 2, "the lower one of two");
});

test("a linear slider says what its step can say", () => {
  assert.equal(stop(SLOPE, 0.1 + 0.2, undefined), 0.3);
  assert.equal(stop(SLOPE, 0.30000000000000004, 0.31), 0.31, "the box says more digits");
  assert.equal(stop(SLOPE, 0.35, 0.31), 0.35);
  assert.equal(stop(SLOPE, 0.35, "x"), 0.35);
});

test("a leap is a tenth of the way, and ends at the ends", () => {
  assert.equal(leap(WIDTH, 4, 1), 5);
  assert.equal(leap(WIDTH, 8, 1), 8);
  assert.equal(leap(WIDTH, 0, -1), 0);
  assert.equal(leap({ ...WIDTH, ladder: Array.from({ length: 60 }, (_, i) => i) }, 20, -1), 14);
  assert.equal(leap(SLOPE, 0, 1), 0.2);
  assert.equal(leap(SLOPE, -0.9, -1), -1);
  assert.equal(leap({ ...SLOPE, step: 0.5 }, 0, 1), 0.5, "a step at least");
});

test("a key moves a slider to the next stop, if there is one", () => {
  const from = (field, at, value) => [1, -1].map((sign) => following(field, at, sign, value));
  assert.deepEqual(from(WIDTH, 4, WIDTH.ladder[4]), [WIDTH.ladder[5], WIDTH.ladder[3]]);
  assert.deepEqual(from(WIDTH, 0, 1), [WIDTH.ladder[1], null]);
  assert.deepEqual(from(WIDTH, WIDTH.ladder.length - 1, 999), [null, WIDTH.ladder.at(-2)]);
  assert.deepEqual(from(SLOPE, 0.1 + 0.2, 0.3), [0.35, 0.25]);
  assert.deepEqual(from(SLOPE, 1, 1), [null, 0.95]);
});

test("a click settles at the nearest legal value", () => {
  assert.equal(settled(WIDTH, 9.9), 8);
  assert.equal(settled(WIDTH, 1e6), 999);
  assert.equal(settled(SLOPE, 0.3249), 0.3);
  assert.equal(settled(SLOPE, -7), -1);
  const random = generator(2);
  for (let k = 0; k < 200; k++) {
    const value = settled(SLOPE, 4 * random() - 2);
    assert.ok(legal(SLOPE, value));
    assert.ok(Math.abs(value / 0.05 - Math.round(value / 0.05)) < 1e-9);
  }
});

test("a step goes to the next stop, or as far as the field says, and not beyond its ends", () => {
  assert.deepEqual([8, 9, 999, 1].map((value) => step(WIDTH, value, 1)), [12, 12, 999, 2]);
  assert.deepEqual([8, 9, 999, 1].map((value) => step(WIDTH, value, -1)), [5, 8, 100, 1]);
  assert.deepEqual([0.1, 0.98, 1].map((value) => step(SLOPE, value, 1)), [0.15, 1, 1]);
  assert.deepEqual([step(SEED, 0, -1), step(SEED, 41, 1), step(SEED, 5e9, 1)], [0, 42, 999999]);
});
