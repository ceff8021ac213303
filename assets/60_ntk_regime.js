/* Page 2.2: a click in the figure of predictions adds a training point, one on a point removes it. */
(function () {
  "use strict";

  const { extend, jump } = window.dow;
  const MOST = 32;
  const NEAR = 12;

  function clicked(s, gd, event) {
    const item = s.items.find((i) => i && i.key === "ntk_predictions");
    const points = item && item.extra && item.extra.points;
    if (!points || !event.target.closest(".nsewdrag")) return;
    const frame = gd.getBoundingClientRect();
    const { xaxis, yaxis } = gd._fullLayout;
    const at = [event.clientX - frame.left - xaxis._offset, event.clientY - frame.top - yaxis._offset];
    const near = points.findIndex(([x, y]) => Math.hypot(xaxis.d2p(x) - at[0], yaxis.d2p(y) - at[1]) < NEAR);
    const field = s.meta.fields.points;
    const clip = (v) => Number(Math.min(field.high, Math.max(field.low, v)).toFixed(2));
    let kept = points.filter((_, i) => i !== near);
    if (near < 0) kept = [...points.slice(0, MOST - 1), [clip(xaxis.p2d(at[0])), clip(yaxis.p2d(at[1]))]];
    if (kept.length < 2) return;
    jump(s, { dataset: "points", points: kept.slice(0, MOST) });
  }

  extend("ntk_predictions", (s, _slot, gd) => {
    if (gd.dowPoints) return;
    gd.dowPoints = true;
    gd.addEventListener("click", (event) => clicked(s, gd, event));
  });
})();
