/* The bar above the page that says what room this tab is in, with its buttons. */

import { button, element, say } from "../page/elements.js";

let before = "";

/**
 * Say something in the bar, with buttons; nothing where there is no text.
 * @param {string} text
 * @param {[string, () => void][]} [acts] what buttons say and do
 * @returns {void}
 */
export function tellRoom(text, acts = []) {
  const bar = document.getElementById("room");
  if (!bar) return;
  const labels = [text, ...acts.map(([label]) => label)].join("|");
  if (bar.childElementCount && labels === before) return;
  before = labels;
  // what speaks stands still, that it is heard when its words change
  if (!bar.childElementCount) bar.append(element("p", { role: "status" }), element("span", { class: "room-buttons" }));
  const [words, buttons] = bar.children;
  bar.hidden = !text;
  document.documentElement.classList.toggle("in-room", !bar.hidden);
  say(words, text);
  const active = buttons.contains(document.activeElement);
  buttons.replaceChildren(...acts.map(([label, act]) => button(label, act)));
  if (active) buttons.firstElementChild?.focus();
}
