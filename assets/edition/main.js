/* The edition in the browser. What Dash looks for by name in the window (components, clientside
   callbacks, a function that Mantine's sliders call) is put there, then Dash's renderer is started. */

import "./figures/events.js";
import "./figures/knots.js";
import "./figures/own_points.js";
import "./figures/printing.js";
import "./page/clicker.js";
import "./page/fingers.js";
import { draw } from "./page/answers.js";
import { INPUTS } from "./page/dash.js";
import { Static, look, navigation } from "./page/shell.js";
import { filter } from "./sheets/ledger.js";
import { filterErrata, here } from "./sheets/rows.js";

window.edition = { Static, ...INPUTS };

Object.assign(window.dash_clientside, {
  dow: { draw, look, navigation },
  errata: { filter: filterErrata },
  ledger: { filter },
  sheets: { here },
});

window.dashMantineFunctions = { ladder: (index, { ladder }) => ladder[Math.round(index)] };

window.startRenderer();
