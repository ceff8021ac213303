/* What a drawn figure listens to: its own script, zooms, clicks that set parameters. */
(function () {
  "use strict";

  const { jump, plot, plotOf, extension } = window.dow;

  /* Where a click is. Plotly makes the clicks of a finger itself, and says no place. */
  let touched = null;
  window.addEventListener("pointerup", (event) => { touched = event; }, true);
  const placeOf = (event) => (event.isTrusted || !touched ? event : touched);

  function attach(s, slot) {
    const gd = plotOf(s, slot);
    if (!gd || gd.dowAttached) return;
    gd.dowAttached = true;
    gd.on("plotly_afterplot", () => extension(s, slot, gd));
    extension(s, slot, gd);
    gd.on("plotly_relayout", (event) => zoomed(s, slot, gd, event));
    gd.on("plotly_doubleclick", () => {
      delete s.zoom[s.items[slot].key];
      plot(s, slot);
    });
    gd.addEventListener("click", (event) => clicked(s, slot, gd, event));
  }

  function zoomed(s, slot, gd, event) {
    const key = s.items[slot] && s.items[slot].key;
    if (!key) return;
    for (const name of Object.keys(event)) {
      const axis = name.match(/^([xy]axis\d*)\.(range|autorange)/);
      if (!axis) continue;
      const zoom = (s.zoom[key] ||= {});
      if (axis[2] === "autorange") delete zoom[axis[1]];
      else {
        const full = gd._fullLayout[axis[1]];
        zoom[axis[1]] = { range: [...full.range], type: full.type };
      }
    }
  }

  /* A figure whose layout.meta.click names parameters takes them from where it is clicked. */
  function clicked(s, slot, gd, event) {
    const item = s.items[slot];
    const wanted = item && item.spec.layout.meta && item.spec.layout.meta.click;
    if (!wanted || !event.target.closest(".nsewdrag")) return;
    const frame = gd.getBoundingClientRect();
    const { xaxis, yaxis } = gd._fullLayout;
    const { clientX, clientY } = placeOf(event);
    const at = {
      x: xaxis.p2d(clientX - frame.left - xaxis._offset),
      y: yaxis.p2d(clientY - frame.top - yaxis._offset),
    };
    const values = {};
    for (const axis of ["x", "y"]) {
      const field = wanted[axis] && s.meta.fields[wanted[axis]];
      if (!field) continue;
      const decimals = Math.max(0, Math.ceil(-Math.log10(field.step)));
      const value = field.ladder
        ? field.ladder.reduce((a, b) => Math.abs(b - at[axis]) < Math.abs(a - at[axis]) ? b : a)
        : Number((Math.round(at[axis] / field.step) * field.step).toFixed(decimals));
      values[wanted[axis]] = Math.min(field.high, Math.max(field.low, value));
    }
    jump(s, values);
  }

  Object.assign(window.dow, { attach, placeOf });
})();
