/* What a drawn figure listens to: its own script, zooms, clicks that set parameters. */

import { settled } from "../page/fields.js";
import { jump } from "../page/gate.js";
import { plotOf } from "../page/state.js";
import { extended, plot, whenDrawn } from "./drawing.js";
import { whenZoomed } from "./plotly.js";
import { whenTapped } from "./taps.js";

whenDrawn((s, slot) => {
  const gd = plotOf(s, slot);
  if (!gd || gd.dowAttached) return;
  gd.dowAttached = true;
  gd.on("plotly_afterplot", () => extended(s, slot, gd));
  extended(s, slot, gd);
  whenZoomed(gd, (event) => zoomed(s, slot, gd, event));
  gd.on("plotly_doubleclick", () => {
    delete s.zoom[s.items[slot].key];
    plot(s, slot);
  });
  whenTapped(s, slot, gd, (event) => clicked(s, slot, gd, event));
});

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
function clicked(s, slot, gd, { clientX, clientY }) {
  const item = s.items[slot];
  const wanted = item && item.spec.layout.meta && item.spec.layout.meta.click;
  if (!wanted) return;
  const frame = gd.getBoundingClientRect();
  const { xaxis, yaxis } = gd._fullLayout;
  const at = {
    x: xaxis.p2d(clientX - frame.left - xaxis._offset),
    y: yaxis.p2d(clientY - frame.top - yaxis._offset),
  };
  const named = Object.entries(wanted).filter(([, name]) => s.meta.fields[name]);
  jump(s, Object.fromEntries(named.map(([axis, name]) => [name, settled(s.meta.fields[name], at[axis])])));
}
