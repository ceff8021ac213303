/* The edition in the browser. What Dash looks for by name in the window (components, clientside
   callbacks, a function that Mantine's sliders call) is put there, then Dash's renderer is started. */

import "./figures/events.js";
import "./figures/own_points.js";
import { draw } from "./page/answers.js";
import { Static, look, navigation } from "./page/shell.js";
import { filter, pump } from "./sheets/ledger.js";
import { filterErrata, here } from "./sheets/rows.js";

window.edition = { Static };

Object.assign(window.dash_clientside, {
  dow: { draw, look, navigation },
  errata: { filter: filterErrata },
  ledger: { filter, pump },
  sheets: { here },
});

window.dashMantineFunctions = { ladder: (index, { ladder }) => ladder[Math.round(index)] };

window.startRenderer();
