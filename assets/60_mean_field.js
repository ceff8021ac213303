/* Own points of page 2.3: a click on the output adds one, a click on a point removes it. */
(function () {
  "use strict";

  const { extend, jump } = window.dow;
  const MOST = 32, REACH = 2, NEAR = 12, STILL = 4;
  const clamp = (v) => Math.min(REACH, Math.max(-REACH, Math.round(v * 100) / 100));

  extend("mean_field_output", (s, slot, gd, item) => {
    gd.dowPoints = item.extra && item.extra.points;
    if (gd.dowClicks) return;
    gd.dowClicks = true;
    let down = null;
    gd.addEventListener("pointerdown", (event) => { down = [event.clientX, event.clientY]; }, true);
    gd.addEventListener("click", (event) => {
      const shown = s.items[slot];
      if (!shown || shown.key !== "mean_field_output" || !event.target.closest(".nsewdrag")) return;
      // the end of a drag that zooms is not a click
      if (!down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > STILL) return;
      if (!gd.dowPoints) return;
      const frame = gd.getBoundingClientRect();
      const { xaxis, yaxis } = gd._fullLayout;
      const [left, top] = [event.clientX - frame.left - xaxis._offset, event.clientY - frame.top - yaxis._offset];
      // on the circle the axis is in degrees, the points count right angles
      const unit = shown.extra.unit;
      const away = ([a, b]) => Math.hypot(xaxis.d2p(a * unit) - left, yaxis.d2p(b) - top);
      let kept = gd.dowPoints.filter((point) => away(point) > NEAR);
      if (kept.length === gd.dowPoints.length) {
        if (kept.length >= MOST) return;
        kept = [...kept, [clamp(xaxis.p2d(left) / unit), clamp(yaxis.p2d(top))]];
      }
      if (!kept.length) return;
      gd.dowPoints = kept;
      jump(s, { target: "own", own: kept });
    });
  });
})();
