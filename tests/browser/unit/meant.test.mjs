/* What is meant by what is typed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { number, pairs } from "../../../assets/edition/page/meant.js";
import { inWords, short, spelled } from "../../../assets/edition/page/spelling.js";
import { generator } from "./random.mjs";

test("a number is taken as it is meant", () => {
  const meant = {
    "1.0": 1, "0.10": 0.1, "1e4": 10000, "1E-3": 0.001, "−0.5": -0.5, "–3": -3, "+2": 2, ".5": 0.5, "3.": 3, " 7 ": 7,
    "0,10": 0.1, "2,5": 2.5, "1.234,5": 1234.5, "1,234.5": 1234.5, "1 234": 1234, "12 345,6": 12345.6, "1'000": 1000,
    "1’000’000": 1e6, "1_000": 1000, "1,000,000": 1e6, "1.000.000": 1e6, "1.000": 1, "0,100": 0.1, "1000,5": 1000.5,
    "10^4": 1e4, "10⁴": 1e4, "-10⁻²": -0.01, "2·10^-3": 0.002, "2×10⁻³": 0.002, "2.5 x 10^3": 2500, "−4,5·10⁻⁸": -4.5e-8,
    "1 000e2": 1e5, "½": 0.5, "-1½": -1.5, "¼": 0.25, "10": 10, "110": 110,
  };
  for (const [text, value] of Object.entries(meant)) assert.equal(number(text), value, text);
});

test("what may be two numbers, or is none, is no number", () => {
  for (const text of ["", " ", "-", "1,000", "12,345", "-1,000", "1..2", "1,2,3", "1 2", "1 0000", "1.2.3", "1e", "e4",
    "1e4.5", "abc", "NaN", "Infinity", "0x10", "1/2", "--1", "10^", "1,234.567,8", "1.000.00", "³", "2³", "½½", "1e5e5"])
    assert.ok(Number.isNaN(number(text)), text);
});

test("every spelling of ours is read back", () => {
  const next = generator(3);
  for (let i = 0; i < 2000; i += 1) {
    const value = (next() - 0.5) * 10 ** Math.round(24 * next() - 12);
    assert.equal(number(spelled(value)), value);
    assert.equal(number(short(value)), Number(short(value)));
    assert.equal(number(inWords(value)), Number(value.toPrecision(4)));
  }
});

test("points keep what is typed, but for the minus sign", () => {
  assert.equal(pairs(" 0.1~−0.5_−2~1 "), "0.1~-0.5_-2~1");
  assert.equal(pairs("a~b"), "a~b");
});
