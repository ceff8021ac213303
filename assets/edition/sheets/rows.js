/* Sheets, the pages without figures: rows reached by the part of the address after #, the rows of the
   errata by chapter and by text. */

import { rememberWords } from "../page/address.js";
import { triggers } from "../page/dash.js";
import { prefix } from "../page/prefix.js";

/**
 * Go to the row that the address names, if there is one.
 * @returns {void}
 */
export function goTo() {
  const name = decodeURIComponent(window.location.hash.slice(1));
  const row = name && name !== "main" && document.getElementById(name);
  if (!row || !row.closest("#main")) return;
  for (const other of document.querySelectorAll("#main .here")) other.classList.remove("here");
  row.classList.add("here");
  row.scrollIntoView();
}

window.addEventListener("hashchange", goTo);

/**
 * A text in which the address of this server stands in the place of `{origin}`.
 * @param {string} text
 * @returns {string}
 */
export const here = (text) => text.replaceAll("{origin}", window.location.origin + prefix());

/* ---- the errata ---------------------------------------------------------------- */

const LONGEST = 60;
const texts = new WeakMap();

/* What a row says, in small letters. */
function textOf(row) {
  if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
  return texts.get(row);
}

/**
 * Show the rows of a chapter that have all words of `find`.
 * @param {string} chapter
 * @param {string} find
 * @returns {string} how many there are
 */
export function filterErrata(chapter, find) {
  const words = (find || "").toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  const rows = document.querySelectorAll("#main .erratum-row");
  for (const row of rows) {
    const text = textOf(row);
    row.hidden = !((chapter === "all" || row.dataset.chapter === chapter) &&
      words.every((word) => text.includes(word)));
    count += !row.hidden;
  }
  for (const group of document.querySelectorAll("#main .erratum-group")) {
    const shown = group.querySelectorAll(".erratum-row:not([hidden])").length;
    group.hidden = !shown;
    const heading = group.querySelector("h2");
    heading.textContent = heading.textContent.replace(/\(\d+\)$/, `(${shown})`);
  }
  if (!triggers().length) goTo();
  rememberWords({ chapter, find: (find || "").slice(0, LONGEST) }, "all");
  return count === rows.length ? `${count} rows` : `${count} of ${rows.length} rows`;
}
