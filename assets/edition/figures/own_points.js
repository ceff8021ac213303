/* Own points: a click in a figure adds one, a click on a point removes it. */

import { jump } from "../page/gate.js";
import { problem } from "../page/words.js";
import { extend } from "./drawing.js";
import { whenTapped } from "./taps.js";

const NEAR = 12;

/* The x axis under `left`, of a figure with one panel or several. */
function under(layout, left) {
  return Object.values(layout).find((axis) => axis && axis._id && axis._id[0] === "x" &&
    left >= axis._offset && left <= axis._offset + axis._length);
}

function clicked(s, gd, { clientX, clientY }, field, unit) {
  const { low, high, least, most, clicked: digits, chosen } = s.meta.fields[field];
  const frame = gd.getBoundingClientRect();
  const [left, top] = [clientX - frame.left, clientY - frame.top];
  const x = under(gd._fullLayout, left), y = gd._fullLayout.yaxis;
  if (!x) return;
  const away = ([a, b]) => Math.hypot(x.d2p(a * unit) + x._offset - left, y.d2p(b) + y._offset - top);
  let points = gd.dowPoints.filter((point) => away(point) > NEAR);
  if (points.length === gd.dowPoints.length) {
    if (points.length >= most) {
      problem(s, { stays: true, text: `There is room for ${most} points: click one to remove it.` });
      return;
    }
    const place = (v) => Number(Math.min(high, Math.max(low, v)).toFixed(digits));
    points = [...points, [place(x.p2d(left - x._offset) / unit), place(y.p2d(top - y._offset))]];
  }
  if (points.length < least) return;
  // what is clicked before the answer is there goes on from here
  gd.dowPoints = points;
  jump(s, { ...chosen, [field]: points });
}

/* `field` holds the points, and says how many may be and what makes them the data. The figure's extra
   brings the points that it shows, and in `unit` how many of its x axis one unit of theirs is. */
const ownPoints = (key, field) => extend(key, (s, slot, gd, item) => {
  gd.dowPoints = item.extra && item.extra.points;
  if (gd.dowClicks) return;
  gd.dowClicks = true;
  whenTapped(s, slot, gd, (event) => {
    const shown = s.items[slot];
    if (shown?.key === key && gd.dowPoints) clicked(s, gd, event, field, shown.extra.unit || 1);
  });
});

ownPoints("ntk_predictions", "points");
ownPoints("mean_field_output", "own");
ownPoints("regime_outputs", "points");
