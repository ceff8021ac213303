/* The page on paper: in the light look, all figures drawn, also those that nobody has scrolled to, as
   wide as a sheet; below them the link and the setting. */

import { element } from "../page/elements.js";
import { holder, pages } from "../page/state.js";
import { captionOf } from "../page/takeaway.js";
import { linkTo } from "../page/address.js";
import { wear } from "./dressing.js";
import { drawAll } from "./drawing.js";

const root = document.documentElement;
const shown = () => Object.values(pages).filter((s) => s.shown && holder(s));
let look = "";

function paper(on) {
  root.toggleAttribute("data-printed", on);
  root.dataset.look = on ? "light" : look;
  wear(root.dataset.look);
  shown().forEach(drawAll);
}

window.addEventListener("beforeprint", () => {
  look = root.dataset.look;
  paper(true);
  for (const s of shown()) {
    const link = linkTo(s);
    document.getElementById("main").append(
      element("p", { class: "handout" }, element("a", { href: link }, link), ` · ${captionOf(s)}`));
  }
});

window.addEventListener("afterprint", () => {
  for (const note of document.querySelectorAll(".handout")) note.remove();
  paper(false);
});
