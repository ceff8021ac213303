/* What is taken away: the numbers of a figure as a table, files, copies of link, Python and result. */

import { dress } from "../figures/dressing.js";
import { csv, heads, rows, title } from "../figures/numbers.js";
import { linkTo } from "./address.js";
import { element } from "./elements.js";
import { short, spelled } from "./spelling.js";
import { pages, part } from "./state.js";
import { problem, pythonOf, wordsOf } from "./words.js";

/** @import { State } from "./state.js" */

/* ---- tables -------------------------------------------------------------------- */

/* Rows that a table has, and that are brought into sight; milliseconds until it is written anew. */
const ROWS = 400, SEEN = 8, WRITTEN = 250;

const tableOf = (s, slot) => part(s, `${slot}-data`);

/* Open the table of a figure, or close it. */
function table(s, slot) {
  const place = tableOf(s, slot);
  place.hidden = !place.hidden;
  if (place.hidden) return place.replaceChildren();
  fill(s, slot, place);
  // it opens below its figure, often out of sight
  return [...place.querySelectorAll("tr")].slice(0, SEEN).pop()?.scrollIntoView({ block: "nearest" });
}

/**
 * Open tables hold what their figures now show, as soon as it stands for a moment.
 * @param {State} s
 * @returns {void}
 */
export function renewTables(s) {
  clearTimeout(s.tabler);
  s.tabler = setTimeout(() => tables(s), WRITTEN);
}

function tables(s) {
  for (let slot = 0, place; (place = tableOf(s, slot)); slot++) {
    if (place.hidden) continue;
    if (s.items[slot]) fill(s, slot, place);
    else table(s, slot);
  }
}

function fill(s, slot, place) {
  const figure = dress(s, slot);
  const all = rows(figure);
  const line = (row) => element("tr", {}, ...row.map((value) => element("td", {}, short(value))));
  place.replaceChildren(element("table", {},
    element("caption", {}, title(figure.layout)),
    element("thead", {}, element("tr", {}, ...heads(figure).map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...all.slice(0, ROWS).map(line)),
  ));
  if (all.length > ROWS)
    place.append(element("p", {}, `The first ${ROWS} of ${all.length} rows; the CSV file has all.`));
}

/* ---- files --------------------------------------------------------------------- */

/* Letters of a caption's line; pixels of a picture, of its caption's line and of what is above it. */
const LINE = 120, WIDTH = 1200, HEIGHT = 720, ROW = 16, ABOVE = 90;

const version = () => document.documentElement.dataset.version || "";

function setting(s) {
  const { player } = s;
  const said = Object.entries(s.shown.params).map(([name, value]) => `${name} = ${spelled(value)}`);
  return player ? [...said, `shown at ${player.word} ${player.names[player.at]}`] : said;
}

function save(name, href) {
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

function csvOf(s, slot) {
  const figure = dress(s, slot);
  const { layout } = figure;
  // a spreadsheet knows the encoding by the mark at the beginning
  return "\uFEFF" + csv([
    `Depth over Width ${version()}`, linkTo(s), title(layout),
    ...setting(s),
  ], figure);
}

/**
 * Version and setting, as they stand below what is taken away.
 * @param {State} s
 * @returns {string}
 */
export const captionOf = (s) => [`Depth over Width ${version()}`, ...setting(s)].join(" · ");

function caption(s) {
  const lines = [""];
  for (const word of `${linkTo(s)} · ${captionOf(s)}`.split(" ")) {
    if ((lines.at(-1) + word).length > LINE) lines.push("");
    lines[lines.length - 1] += (lines.at(-1) ? " " : "") + word;
  }
  return lines;
}

/* Whether the browser gives back the pixels that are drawn. */
function faithful() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#c24f00";
  pen.fillRect(0, 0, 8, 8);
  const pixels = pen.getImageData(0, 0, 8, 8).data;
  return pixels.every((value, i) => value === [0xc2, 0x4f, 0x00, 0xff][i % 4]);
}

async function picture(s, slot, format) {
  if (format === "png" && !faithful()) {
    problem(s, { stays: true, text: "This browser changes the pictures that pages make, so that nobody is followed by them: " +
      "a PNG would be stripes. The SVG is not touched." });
    return null;
  }
  const figure = dress(s, slot);
  const lines = caption(s);
  const bottom = ABOVE + ROW * lines.length;
  const size = { width: WIDTH, height: HEIGHT + bottom };
  figure.layout = {
    ...figure.layout, ...size, autosize: false,
    margin: { ...figure.layout.template.layout.margin, ...figure.layout.margin, b: bottom },
    annotations: [...(figure.layout.annotations || []), {
      text: lines.map((l) => l.replaceAll("<", "&lt;")).join("<br>"), xref: "paper", yref: "paper",
      x: 0, y: 0, xanchor: "left", yanchor: "top", yshift: -64, align: "left", showarrow: false,
      font: { size: 12 },
    }],
  };
  return window.Plotly.toImage(figure, { format, ...size, scale: format === "png" ? 2 : 1 });
}


/* ---- copies -------------------------------------------------------------------- */

const SAID = 1500;

/* Whether a text has been copied. Without https there is no clipboard, but an older way. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/* Copy a text; the button that was pressed says for a moment that it is done. Where the text stands in
   a `source`, it is left selected. */
async function copy(text, button, source) {
  const label = (button.dataset.label ??= button.textContent);
  const done = await copied(text);
  if (source) window.getSelection().selectAllChildren(source);
  button.textContent = done ? "Copied" : source ? "Selected: press Ctrl+C" : "Not copied";
  setTimeout(() => { button.textContent = label; }, SAID);
}

const copies = {
  link: linkTo,
  python: pythonOf,
  result: (s) => [
    linkTo(s), wordsOf(s).sentence, s.shown.answer.sampling?.text, setting(s).join(", "), `version ${version()}`,
  ].filter(Boolean).join(" | "),
};


document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-tool], button[data-copy], button[data-copy-from]");
  const source = button && document.getElementById(button.dataset.copyFrom);
  if (source) copy(source.textContent, button, source);
  const s = button && pages[button.dataset.page];
  if (!s || !s.shown) return;
  const { copy: what, slot, tool } = button.dataset;
  const item = s.items[Number(slot)];
  if (what) copy(copies[what](s), button);
  else if (!item) return;
  else if (tool === "table") table(s, Number(slot));
  else {
    const href = tool === "csv"
      ? URL.createObjectURL(new Blob([csvOf(s, Number(slot))], { type: "text/csv;charset=utf-8" }))
      : await picture(s, Number(slot), tool);
    if (href) save(`${s.page}-${item.key}.${tool}`, href);
  }
});
