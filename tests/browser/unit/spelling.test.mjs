/* How values are written. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { counted, inLines, inWords, points, queryOf, search, short, signed, spelled } from "../../../assets/edition/page/spelling.js";

const FIELDS = {
  width: { default: 8 }, arrows: { default: false }, figure: { default: "law" }, own: { default: [[0, 1], [2, -3.5]] },
};
const DEFAULTS = { width: 8, arrows: false, figure: "law", own: "0~1_2~-3.5" };

test("the address spells flags as digits and points with ~ and _", () => {
  assert.deepEqual([true, false, 0.5, -3, "relu", "0~1_2~3"].map(spelled), ["1", "0", "0.5", "-3", "relu", "0~1_2~3"]);
  assert.equal(spelled([[0, 1.5], [-2, 1e-7]]), "0~1.5_-2~1e-7");
  assert.equal(points([]), "");
});

test("a query names what is not default, in the order of the fields", () => {
  assert.equal(queryOf(FIELDS, DEFAULTS), "");
  assert.equal(queryOf(FIELDS, { own: [[0, 1], [2, -3.5]], figure: "law", arrows: false, width: 8 }), "", "points as a list");
  assert.equal(queryOf(FIELDS, { ...DEFAULTS, arrows: true, width: 12 }), "width=12&arrows=1");
  assert.equal(queryOf(FIELDS, { ...DEFAULTS, own: "" }), "own=");
  assert.equal(queryOf(FIELDS, { ...DEFAULTS, figure: "a&b=c d" }), "figure=a%26b%3Dc%20d");
});

test("a query reads back to what it says", () => {
  const read = new URLSearchParams(queryOf(FIELDS, { width: 12, arrows: true, figure: "50% & +", own: "1~2_3~4" }));
  assert.deepEqual(Object.fromEntries(read), { width: "12", arrows: "1", figure: "50% & +", own: "1~2_3~4" });
});

test("an address says how it is shown after what it shows, and side B last", () => {
  assert.equal(search(""), "");
  assert.equal(search("width=3"), "?width=3");
  assert.equal(search("width=3", ""), "?width=3&b=default");
  assert.equal(search("", "width=4&arrows=1", [["view", "embed"], ["controls", "a,b"]]), "?view=embed&controls=a,b&b=width:4,arrows:1");
  const kept = new URLSearchParams(search("w=1", null, [["view", "50%&+#"]]));
  assert.equal(kept.get("view"), "50%&+#");
});

// All that HTML reads as a character without a semicolon after it.
const CHARACTERS = (
  "aacute acirc acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent copy curren deg " +
  "divide eacute ecirc egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl igrave iquest iuml " +
  "laquo lt macr micro middot nbsp not ntilde oacute ocirc ograve ordf ordm oslash otilde ouml para " +
  "plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig thorn times uacute ucirc ugrave uml uuml " +
  "yacute yen yuml"
).split(" ");

test("a link survives where it is read as HTML, struck out, or decoded twice", () => {
  for (const name of CHARACTERS) {
    const written = search(`width=1&${name}_x=2`);
    assert.ok(!written.includes(`&${name}`), name);
    assert.equal(new URLSearchParams(written).get(`${name}_x`), "2");
  }
  assert.equal(search("width=1&depth=2"), "?width=1&depth=2");
  assert.equal(search("own=0~1_2~3"), "?own=0%7E1_2%7E3");
  const twice = search("width=3", "width=4&arrows=1");
  assert.equal(decodeURIComponent(twice), twice);
});

test("Python is joined from what the server sent, and what the browser shows itself", () => {
  const parts = {
    before: "params = Params(", after: ")\nrun(params)\n",
    values: { width: "8", slope: "1e-05", arrows: "False", figure: "'width=3, law'", own: "((0.0, 1.0),)" },
  };
  const params = { width: 12, slope: 3, arrows: true, figure: "a, width=4", own: "" };
  assert.equal(inLines(parts, [], params), "params = Params(width=8, slope=1e-05, arrows=False, figure='width=3, law', own=((0.0, 1.0),))\nrun(params)\n");
  assert.equal(inLines(parts, ["width", "arrows", "figure"], params),
    "params = Params(width=12, slope=1e-05, arrows=True, figure='a, width=4', own=((0.0, 1.0),))\nrun(params)\n");
});

test("numbers have as many digits as are worth reading", () => {
  assert.equal(short(1 / 3), "0.3333333");
  assert.equal(short(0.1 + 0.2), "0.3");
  assert.equal(short(1234567890), "1234568000");
  assert.equal(short("μ"), "μ");
  assert.equal(short(null), null);
  assert.equal(short(2 / 3, 3), "0.667");
  assert.equal(inWords(-1.23456), "−1.235");
  assert.equal(signed(-0.5, " x₂"), "− 0.5 x₂");
  assert.equal(signed(0.25), "+ 0.25");
});

test("one thing is one, several are several", () => {
  assert.deepEqual([0, 1, 2].map((n) => counted(n, "piece")), ["0 pieces", "1 piece", "2 pieces"]);
});
