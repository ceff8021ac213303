/* A function drawn by hand: every corner is a button over the figure. It is dragged, moved by the
   arrow keys, removed by a tap or the Delete key; a click beside them adds one. Only the buttons
   take a finger's drag for themselves: anywhere else the page scrolls. */

import { button as pressed, element } from "../page/elements.js";
import { jump, write } from "../page/gate.js";
import { extend } from "./drawing.js";
import { whenTapped } from "./taps.js";

/** @import { State } from "../page/state.js" */

const FIELD = "knots", STEP = 0.1, FINE = 0.01, STILL = 5, APART = 0.01;

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const at = (v) => Number(v.toFixed(2));

/* Where a corner may be moved: between its neighbours, so that none is lost on the way. */
function moved(field, points, i, x, y) {
  const low = i > 0 ? points[i - 1][0] + APART : field.low;
  const high = i < points.length - 1 ? points[i + 1][0] - APART : field.high;
  const there = [at(clamp(x, low, Math.max(low, high))), at(clamp(y, field.low, field.high))];
  return points.map((point, k) => (k === i ? there : point));
}

const said = (points, i) => `Corner ${i + 1} of ${points.length}: x = ${points[i][0]}, y = ${points[i][1]}. ` +
  "Arrow keys move it, with Shift in small steps; Delete removes it, Insert adds one after it.";

/* The values between the neighbours of a new corner. */
function inserted(field, points, x, y) {
  const found = points.filter(([a]) => Math.abs(a - x) >= APART);
  return [...found, [at(clamp(x, field.low, field.high)), at(clamp(y, field.low, field.high))]]
    .sort((a, b) => a[0] - b[0]);
}

function pixels(gd, [x, y]) {
  const { xaxis, yaxis } = gd._fullLayout;
  return [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
}

function values(gd, { clientX, clientY }) {
  const frame = gd.getBoundingClientRect();
  const { xaxis, yaxis } = gd._fullLayout;
  return [xaxis.p2d(clientX - frame.left - xaxis._offset), yaxis.p2d(clientY - frame.top - yaxis._offset)];
}

/* Take other corners over; `step` is one that going back undoes. */
function take(s, gd, points, step) {
  gd.dowKnots.points = points;
  place(s, gd);
  (step ? jump : write)(s, { [FIELD]: points });
}

function remove(s, gd, i) {
  const { points } = gd.dowKnots;
  if (points.length > s.meta.fields[FIELD].least) take(s, gd, points.filter((_, k) => k !== i), true);
}

function add(s, gd, x, y) {
  const field = s.meta.fields[FIELD], { points } = gd.dowKnots;
  if (points.length < field.most) take(s, gd, inserted(field, points, x, y), true);
}

/* ---- one corner ------------------------------------------------------------------- */

function handle(s, gd, i) {
  const button = element("button", { type: "button", class: "knot" });
  let down = null;
  button.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    down = { x: event.clientX, y: event.clientY, dragged: false };
    gd.dowKnots.held = true;
    button.setPointerCapture(event.pointerId);
    button.focus({ preventScroll: true });
    event.preventDefault();
    event.stopPropagation();
  });
  button.addEventListener("pointermove", (event) => {
    if (!down) return;
    down.dragged ||= Math.hypot(event.clientX - down.x, event.clientY - down.y) > STILL;
    if (!down.dragged) return;
    const { points } = gd.dowKnots;
    take(s, gd, moved(s.meta.fields[FIELD], points, i, ...values(gd, event)), false);
  });
  const up = (event) => {
    if (!down) return;
    const { dragged } = down;
    down = null;
    gd.dowKnots.held = false;
    if (dragged) take(s, gd, gd.dowKnots.points, true);
    else if (event.type === "pointerup") remove(s, gd, i);
  };
  button.addEventListener("pointerup", up);
  button.addEventListener("pointercancel", up);
  button.addEventListener("keydown", (event) => key(s, gd, i, event));
  return button;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function key(s, gd, i, event) {
  const { points } = gd.dowKnots, field = s.meta.fields[FIELD];
  const arrow = ARROWS[event.key], [x, y] = points[i];
  if (arrow) {
    const step = event.shiftKey ? FINE : STEP;
    take(s, gd, moved(field, points, i, x + step * arrow[0], y + step * arrow[1]), false);
  } else if (event.key === "Delete" || event.key === "Backspace") remove(s, gd, i);
  else if (event.key === "Insert" || event.key === "+") {
    const next = points[i + 1] || [x + 0.5, y];
    add(s, gd, (x + next[0]) / 2, (y + next[1]) / 2 + STEP);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/* The buttons stand on the corners, as many as there are. */
function place(s, gd) {
  const { points, layer } = gd.dowKnots;
  while (layer.children.length > points.length) {
    const last = layer.lastElementChild, had = last === document.activeElement;
    last.remove();
    if (had) layer.lastElementChild?.focus({ preventScroll: true });
  }
  while (layer.children.length < points.length) layer.append(handle(s, gd, layer.children.length));
  points.forEach((point, i) => {
    const button = layer.children[i], [left, top] = pixels(gd, point);
    const { xaxis, yaxis } = gd._fullLayout;
    button.style.transform = `translate(${left}px, ${top}px)`;
    button.hidden = left < xaxis._offset - 1 || left > xaxis._offset + xaxis._length + 1 ||
      top < yaxis._offset - 1 || top > yaxis._offset + yaxis._length + 1;
    button.setAttribute("aria-label", said(points, i));
  });
  fill(s, gd);
}

/* ---- the corners as a table, and the network to take away -------------------------------- */

function fill(s, gd) {
  const { points, body } = gd.dowKnots, field = s.meta.fields[FIELD];
  while (body.rows.length > points.length) body.deleteRow(-1);
  while (body.rows.length < points.length) body.append(row(s, gd, body.rows.length));
  points.forEach((point, i) => {
    const inputs = body.rows[i].querySelectorAll("input");
    point.forEach((value, k) => {
      if (inputs[k] !== document.activeElement) inputs[k].value = value;
    });
    body.rows[i].querySelector("button").disabled = points.length <= field.least;
  });
}

function row(s, gd, i) {
  const box = (k, name) => {
    const { low, high } = s.meta.fields[FIELD];
    const label = `${name} of corner ${i + 1}`;
    const input = element("input", { type: "number", min: low, max: high, step: "any", "aria-label": label });
    input.addEventListener("change", () => {
      const value = input.valueAsNumber;
      if (!(value >= low && value <= high)) return;
      const points = gd.dowKnots.points.map((p, n) => (n === i ? p.map((v, m) => (m === k ? value : v)) : p));
      input.blur();
      take(s, gd, points.sort((a, b) => a[0] - b[0]), true);
    });
    return element("td", {}, input);
  };
  const button = pressed("Remove", () => remove(s, gd, i), `Remove corner ${i + 1}`);
  return element("tr", {}, element("td", {}, String(i + 1)), box(0, "x"), box(1, "y"), element("td", {}, button));
}

function save(name, text, type) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(href);
}

const table = ({ rows, constant }) => [
  `# output bias b2,${constant}`, "neuron,w1,b1,w2", ...rows.map((weights, i) => [i + 1, ...weights].join(",")), "",
].join("\n");

function tools(s, gd) {
  const body = element("tbody", {});
  const heads = ["corner", "x", "y"].map((text) => element("th", { scope: "col" }, text));
  const extra = () => gd.dowKnots.extra;
  const more = pressed("Add a corner", () => {
    const { points } = gd.dowKnots;
    // in the widest gap, a little above the line
    const gaps = points.slice(1).map((p, i) => p[0] - points[i][0]);
    const i = gaps.indexOf(Math.max(...gaps));
    add(s, gd, (points[i][0] + points[i + 1][0]) / 2, (points[i][1] + points[i + 1][1]) / 2 + STEP);
  });
  const box = element("div", { class: "knot-tools" },
    element("div", { class: "knot-buttons" },
      pressed("Network as Python", () => save("network.py", extra().source, "text/x-python")),
      pressed("Weights as CSV", () => save("network-weights.csv", table(extra().network), "text/csv")),
      more),
    element("details", {},
      element("summary", {}, "Corners as a table"),
      element("table", {}, element("thead", {}, element("tr", {}, ...heads, element("td", {}))), body)));
  return { body, box };
}

extend("drawn", (s, slot, gd, item) => {
  if (!item.extra) return;
  if (!gd.dowKnots) {
    const layer = element("div", { class: "knots", role: "group", "aria-label": "Corners of the function" });
    const { body, box } = tools(s, gd);
    gd.dowKnots = { layer, body, box, held: false, points: [] };
    whenTapped(s, slot, gd, (event) => {
      if (s.items[slot]?.key === "drawn") add(s, gd, ...values(gd, event));
    });
  }
  const knots = gd.dowKnots;
  knots.extra = item.extra;
  if (knots.layer.parentElement !== gd.parentElement) gd.parentElement.append(knots.layer);
  gd.parentElement.classList.add("knotted");
  const figure = gd.closest("figure");
  if (knots.box.parentElement !== figure) figure.append(knots.box);
  knots.layer.hidden = knots.box.hidden = false;
  // while a corner is held, the hand is ahead of the answers
  if (!knots.held) knots.points = item.extra.points;
  place(s, gd);
});

/* Another tab draws something else in the same place. */
for (const other of ["random_output", "errors", "hat"])
  extend(other, (_, slot, gd) => {
    if (gd.dowKnots) gd.dowKnots.layer.hidden = gd.dowKnots.box.hidden = true;
  });
