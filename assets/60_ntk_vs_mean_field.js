/* Own points of page 2.4: a click on either panel adds one, a click on a point removes it. */
(function () {
  "use strict";

  const { jump } = window.dow;
  const MOST = 32, REACH = 2, NEAR = 12, STILL = 4;
  const round = (v) => Math.round(v * 100) / 100;
  const clamp = (v) => Math.min(REACH, Math.max(-REACH, round(v)));

  /* The axes of the panel that was clicked, or null. */
  function panel(gd, left, top) {
    const { xaxis, xaxis2, yaxis } = gd._fullLayout;
    for (const axis of [xaxis, xaxis2])
      if (axis && left >= axis._offset && left <= axis._offset + axis._length) return [axis, yaxis];
    return null;
  }

  window.dow.extend("regime_outputs", (s, slot, gd, item) => {
    gd.dowPoints = item.extra && item.extra.points;
    if (gd.dowClicks) return;
    gd.dowClicks = true;
    let down = null;
    gd.addEventListener("pointerdown", (event) => { down = [event.clientX, event.clientY]; }, true);
    gd.addEventListener("click", (event) => {
      const shown = s.items[slot];
      if (!shown || shown.key !== "regime_outputs" || !event.target.closest(".nsewdrag")) return;
      // the end of a drag that zooms is not a click
      if (!down || Math.hypot(event.clientX - down[0], event.clientY - down[1]) > STILL) return;
      const frame = gd.getBoundingClientRect();
      const [left, top] = [event.clientX - frame.left, event.clientY - frame.top];
      const axes = panel(gd, left, top);
      if (!axes || !gd.dowPoints) return;
      const [x, y] = axes;
      const away = ([a, b]) => Math.hypot(x.d2p(a) + x._offset - left, y.d2p(b) + y._offset - top);
      let kept = gd.dowPoints.filter((point) => away(point) > NEAR);
      if (kept.length === gd.dowPoints.length) {
        if (kept.length >= MOST) return;
        kept = [...kept, [clamp(x.p2d(left - x._offset)), clamp(y.p2d(top - y._offset))]];
      }
      if (!kept.length) return;
      gd.dowPoints = kept;
      jump(s, { target: "own", points: kept });
    });
  });
})();
