/* Words of a figure that fit the room they have. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { dodgeDots } from "../../../assets/edition/figures/dodging.js";
import { broken, fitAxes, fitBars, fitLabels, fitLegend, fitTitle, spreadLabels, unmarked } from "../../../assets/edition/figures/labels.js";
import { generator } from "./random.mjs";

const ROOM = { width: 400, height: 300, letter: 7, row: 20 };
const axes = () => ({ xaxis: { range: [0, 10] }, yaxis: { range: [0, 3] } });

/* Where a label's box is, by the rules of plotly, from the place it annotates. */
function boxOf(note) {
  const lines = note.text.split("<br>");
  const wide = ROOM.letter * Math.max(...lines.map((line) => unmarked(line).length));
  const high = ROOM.row * lines.length;
  const left = note.x / 10 * ROOM.width + (note.xshift || 0) - wide * { left: 0, center: 0.5, right: 1 }[note.xanchor];
  const low = note.y / 3 * ROOM.height + (note.yshift || 0) - high * { bottom: 0, middle: 0.5, top: 1 }[note.yanchor];
  return { left, right: left + wide, low, high: low + high };
}

const meet = (a, b) => a.left < b.right - 1e-9 && b.left < a.right - 1e-9 && a.low < b.high - 1e-9 && b.low < a.high - 1e-9;

test("markup takes no room", () => {
  assert.equal(unmarked("C<sub>W</sub><br>= 2"), "CW = 2");
  assert.equal(unmarked(null), "");
});

test("a text that fits stays as it is", () => {
  assert.equal(broken("short enough", 12), "short enough");
  assert.equal(broken("two<br>lines", 6), "two<br>lines");
});

test("a long text is broken between words, and never within a formula", () => {
  const random = generator(3);
  const words = ["depth", "x = 3", "of", "a", "L − 1", "network", "C<sub>W</sub> = 2", "grows"];
  for (let k = 0; k < 200; k++) {
    const text = Array.from({ length: 12 }, () => words[Math.floor(words.length * random())]).join(" ");
    const most = 8 + Math.floor(30 * random());
    const lines = broken(text, most).split("<br>");
    assert.equal(lines.join(" "), text, "nothing is lost");
    for (const line of lines) {
      assert.doesNotMatch(line, /^[=−]|[=−]$/);
      const whole = !/ (?![=−])/.test(line.replace(/ [=−] /g, "="));
      assert.ok(unmarked(line).length <= most || whole, `${line} is longer than ${most}`);
    }
  }
});

test("a label at the right end is moved inwards, and lifted off its line", () => {
  const layout = { ...axes(), annotations: [{ text: "measured mean", x: 10, y: 1, xanchor: "left", yanchor: "middle", xshift: 6 }] };
  fitLabels(layout, ROOM, "#fff");
  const [note] = layout.annotations;
  assert.ok(boxOf(note).right <= ROOM.width + 12 + 1e-9);
  assert.equal(note.yanchor, "bottom");
  assert.equal(note.bgcolor, "#fff");
});

test("at the top it goes below its line", () => {
  const layout = { ...axes(), annotations: [{ text: "measured mean", x: 10, y: 3, xanchor: "left", yanchor: "middle" }] };
  fitLabels(layout, ROOM, "#fff");
  assert.equal(layout.annotations[0].yanchor, "top");
});

test("a label at the left end is moved inwards; others stay", () => {
  const layout = {
    ...axes(),
    annotations: [
      { text: "a bound", x: 0, y: 1, xanchor: "right", yanchor: "middle" },
      { text: "here", x: 5, y: 1, xanchor: "left", yanchor: "middle" },
      { text: "on the paper", xref: "paper", x: 1, y: 1, xanchor: "left" },
    ],
  };
  const before = structuredClone(layout.annotations);
  fitLabels(layout, ROOM, "#fff");
  assert.ok(boxOf(layout.annotations[0]).left >= -1e-9);
  assert.deepEqual(layout.annotations.slice(1), before.slice(1));
});

test("labels that cover one another are spread, within the figure, and the others stay", () => {
  const random = generator(4);
  for (let k = 0; k < 200; k++) {
    const annotations = Array.from({ length: 5 }, (_, i) => ({
      text: "label".repeat(1 + i % 2), x: 2 + 4 * random(), y: 0.3 + 2.4 * random(), xanchor: "left", yanchor: "middle",
    }));
    const before = annotations.map(boxOf);
    const layout = { ...axes(), annotations };
    spreadLabels(layout, ROOM);
    const after = annotations.map(boxOf);
    for (const [i, a] of after.entries()) {
      assert.ok(a.high <= ROOM.height + 1e-9 || annotations[i].yshift === undefined);
      for (const b of after.slice(0, i)) assert.ok(!meet(a, b), `round ${k}`);
      if (before.every((b, j) => i === j || !(before[i].left < b.right && b.left < before[i].right)))
        assert.equal(annotations[i].yshift, undefined, "nothing is beside it");
    }
  }
});

test("a label that lies on dots is moved to the nearest place without any, and others stay", () => {
  const random = generator(5);
  for (let k = 0; k < 100; k++) {
    const annotations = [2, 6].map((x) => ({ text: "slope", x, y: 0.5 + 2 * random(), xanchor: "left", yanchor: "middle" }));
    const x = [2, 2.5, 3, 3.5], y = x.map(() => annotations[0].y);
    const data = [{ mode: "markers", x, y }, { mode: "lines", x: [6, 9], y: [1, 1] }];
    dodgeDots({ data, layout: { ...axes(), annotations } }, ROOM, "#fff");
    const box = boxOf(annotations[0]), dot = y[0] / 3 * ROOM.height;
    assert.ok(box.low > dot || box.high < dot, "it lies on none");
    assert.ok(Math.abs(annotations[0].yshift) < 2 * ROOM.row, "nor far away");
    assert.equal(annotations[1].yshift, undefined);
  }
  const cloud = { mode: "markers", x: Array.from({ length: 500 }, () => 3), y: Array.from({ length: 500 }, () => 1) };
  const note = { text: "cloud", x: 3, y: 1, yanchor: "middle" };
  dodgeDots({ data: [cloud], layout: { ...axes(), annotations: [note] } }, ROOM, "#fff");
  assert.equal(note.yshift, undefined, "a cloud has no free place");
});

test("panels without room name their common axis once", () => {
  const panels = (text) => ({
    xaxis: { domain: [0, 0.3], title: { text } }, xaxis2: { domain: [0.35, 0.65], title: { text } },
    xaxis3: { domain: [0.7, 1], title: { text: "another" } }, yaxis: { title: { text: "y" } },
  });
  const [narrow, wide] = [panels("a title of more than thirty letters"), panels("depth ℓ")];
  fitAxes(narrow, 400, 300, 7);
  fitAxes(wide, 400, 300, 7);
  assert.deepEqual([narrow.xaxis2.title.text, narrow.xaxis3.title.text], ["", "another"]);
  assert.ok(narrow.xaxis.title.text);
  assert.equal(wide.xaxis2.title.text, "depth ℓ");
});

test("beside a low panel the name of an axis has two lines", () => {
  const layout = { xaxis: {}, yaxis: { title: { text: "share of networks that are dead" } } };
  fitAxes(layout, 400, 100, 7);
  assert.equal(layout.yaxis.title.text.split("<br>").length, 2);
});

test("marks that would run together are thinned", () => {
  const xaxis = { range: [0, 3], type: "log", tickvals: [1, 2, 5, 10, 100], ticktext: ["1", "2", "5", "10", "100"] };
  const [narrow, wide] = [{ xaxis: { ...xaxis } }, { xaxis: { ...xaxis } }];
  fitAxes(narrow, 75, 300, 7);
  assert.deepEqual(narrow.xaxis.ticktext, ["1", "10", "100"]);
  fitAxes(wide, 400, 300, 7);
  assert.deepEqual(wide.xaxis, xaxis);
});

test("marks beside a low panel are fewer, names of rows are all there", () => {
  const height = 100, row = 2.4 * 7;
  const log = { range: [-6, 6], type: "log", dtick: 1 };
  const names = { range: [0, 9], tickvals: [1, 2, 3, 4, 5, 6, 7, 8], ticktext: [..."abcdefgh"] };
  const layout = { xaxis: {}, yaxis: { ...log }, yaxis2: { ...names }, yaxis3: { range: [0, 9], tickvals: [1, 2, 3, 4, 5, 6, 7, 8] }, yaxis4: {} };
  fitAxes(layout, 400, height, 7);
  assert.ok(layout.yaxis.dtick * height / 12 >= row && Number.isInteger(layout.yaxis.dtick));
  assert.equal(layout.yaxis2.tickvals.length, 8);
  assert.deepEqual(layout.yaxis3.tickvals, [1, 8]);
  assert.equal(layout.yaxis4.nticks, 5);
  const high = { xaxis: {}, yaxis: { ...log }, yaxis2: {} };
  fitAxes(high, 400, 500, 7);
  assert.deepEqual([high.yaxis.dtick, high.yaxis2.nticks], [1, undefined], "where there is room plotly has its way");
});

test("a short colour bar keeps its first, middle and last mark", () => {
  const bar = () => ({ tickvals: [-2, -1, 0, 1, 2], ticktext: ["−4", "−1", "0", "1", "4"] });
  const [short, long] = [{ colorbar: bar() }, { colorbar: bar() }];
  fitBars([short, {}], 80, 20);
  fitBars([long], 400, 20);
  assert.deepEqual(short.colorbar, { tickvals: [-2, 0, 2], ticktext: ["−4", "0", "4"] });
  assert.deepEqual(long.colorbar, bar());
});

test("labels that make way for dots keep the order of their lines", () => {
  const note = (text, y) => ({ text, x: 3, y, xanchor: "left", yanchor: "middle" });
  for (const gap of [0.25, 0.3, 0.35]) {
    const annotations = [note("first", 2), note("second", 2 - gap), note("third", 2 - 2 * gap)];
    const x = [3, 3.1, 3.2, 3.3], y = x.map(() => 2 - gap);
    dodgeDots({ data: [{ mode: "markers", x, y }], layout: { ...axes(), annotations } }, ROOM, "#fff");
    const lows = annotations.map((label) => boxOf(label).low);
    assert.ok(lows[0] > lows[1] && lows[1] > lows[2], lows.join());
  }
});

test("no line ends inside an interval", () => {
  assert.equal(broken("largest error on [−1, 1]", 22), "largest error on<br>[−1,\u00a01]");
});

test("labels make way for error bars, too", () => {
  const note = { text: "slope", x: 3, y: 1.3, xanchor: "left", yanchor: "middle" };
  const dots = { mode: "markers", x: [3.2], y: [1], error_y: { array: [0.4] } };
  dodgeDots({ data: [dots], layout: { ...axes(), annotations: [note] } }, ROOM, "#fff");
  assert.ok(boxOf(note).low > 1.4 / 3 * ROOM.height);
});

test("a legend's entries stand in rows as long as the figure is wide", () => {
  const legend = { orientation: "h", yref: "container" };
  const names = ["limit", "least norm", "trained networks", "this one", null];
  const made = () => ({ data: names.map((name) => ({ name })), layout: { legend: { ...legend }, margin: { b: 96 } } });
  const sizes = { letter: 7, row: 20, usual: { bgcolor: "none" } };
  const figure = made();
  fitLegend(figure, 300, 400, sizes);
  assert.deepEqual(figure.data.map((trace) => trace.legend), ["legend", "legend", "legend2", "legend2", undefined]);
  assert.deepEqual([figure.layout.legend.y, figure.layout.legend2.y], [20 / 400, 0]);
  assert.equal(figure.layout.legend2.bgcolor, "none", "the row above shines through");
  const fits = made();
  fitLegend(fits, 1000, 400, sizes);
  assert.deepEqual(fits, made(), "one row that fits is left alone");
  const inside = { ...made(), layout: {} };
  fitLegend(inside, 1000, 400, sizes);
  assert.deepEqual(inside.layout, {});
  fitLegend(inside, 1000, 400, { ...sizes, small: true });
  assert.equal(inside.layout.legend.y, 0, "on a small screen it stands below the axis");
});

test("on a small screen a title has all the width, in smaller letters", () => {
  const layout = { title: { text: "short" }, margin: { t: 50 } };
  fitTitle(layout, 40, 1, true);
  assert.equal(layout.title.xref, "container");
  assert.equal(layout.margin.t, 46);
});

test("a title's lines have room", () => {
  const layout = { title: { text: "a title of two lines" }, margin: { t: 50 } };
  fitTitle(layout, 12, 1);
  assert.equal(layout.title.text, "a title of<br>two lines");
  assert.equal(layout.margin.t, 74);
  const fits = { title: { text: "short" } };
  fitTitle(fits, 12, 1);
  assert.deepEqual(fits, { title: { text: "short" } });
});
