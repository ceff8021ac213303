/* Words of a figure that fit the room they have: titles are broken, labels moved. Knows nothing of
   the document. */

/**
 * @typedef {object} Room The place of a figure's axes.
 * @property {number} width Pixels.
 * @property {number} height Pixels.
 * @property {number} letter Pixels of a letter's width.
 * @property {number} row Pixels of a line's height.
 */

/**
 * Words of a figure without their markup.
 * @param {string | null | undefined} text
 * @returns {string}
 */
export const unmarked = (text) => (text || "").replaceAll("<br>", " ").replace(/<[^>]+>/g, "");

const letters = (text) => unmarked(text).length;

const widest = (lines) => Math.max(...lines.map(letters));

/**
 * Where a label stands along its axis, in pixels; not a number where it stands on the paper.
 * @param {any} layout
 * @param {any} note
 * @param {"x" | "y"} letter
 * @param {number} length pixels of all of the figure's axes
 * @returns {{at: number, end: number}} `end` is where its panel ends
 */
export function along(layout, note, letter, length) {
  const { range = [0, 0], domain = [0, 1] } = layout[(note[`${letter}ref`] || letter).replace(letter, `${letter}axis`)] || {};
  const ends = domain.map((end) => end * length);
  return { at: ends[0] + (ends[1] - ends[0]) * (note[letter] - range[0]) / (range[1] - range[0]), end: ends[1] };
}

/**
 * Labels that would reach beyond the right or the left end of their panel are moved inwards, and
 * above the line they end, or below it where it is at the top; other lines shine through.
 * @param {any} layout is changed
 * @param {Room} room
 * @param {string} bgcolor
 * @returns {void}
 */
export function fitLabels(layout, { width, height, letter, row }, bgcolor) {
  for (const note of layout.annotations || []) {
    const { at, end } = along(layout, note, "x", width);
    if (!Number.isFinite(at)) continue;
    const length = letter * widest(String(note.text).split("<br>"));
    const shift = note.xshift || 0;
    const over = note.xanchor === "left" ? at + shift + length - end - 12 : 0;
    const under = note.xanchor === "right" ? length - at - shift : 0;
    if (over > 0) note.xshift = shift - Math.min(over, at);
    if (over > shift + 2 * letter && note.yanchor === "middle" && note.name !== ROW) {
      const below = along(layout, note, "y", height).at + 6 + row > height;
      Object.assign(note, { yanchor: below ? "top" : "bottom", yshift: below ? -6 : 6, bgcolor });
    }
    if (under > 0) note.xshift = shift + Math.min(under, end - at);
  }
}

/** The name of a label that belongs to its row: it has no other place. */
export const ROW = "row";

/**
 * The boxes of the labels that stand on the axes and may be moved.
 * @param {any} layout
 * @param {Room} room
 * @returns {{note: any, left: number, right: number, low: number, high: number, was: number}[]} in pixels,
 *   from the left and from below
 */
export function boxesOf(layout, { width, height, letter, row }) {
  const boxes = [];
  for (const note of layout.annotations || []) {
    const [x, y] = [along(layout, note, "x", width).at, along(layout, note, "y", height).at];
    if (!Number.isFinite(x + y) || note.textangle || note.name === ROW) continue;
    const lines = String(note.text).split("<br>");
    const [wide, high] = [letter * widest(lines), row * lines.length];
    const left = x + (note.xshift || 0) - wide * ({ left: 0, right: 1 }[note.xanchor] ?? 0.5);
    const low = y + (note.yshift || 0) - high * ({ bottom: 0, top: 1 }[note.yanchor] ?? 0.5);
    boxes.push({ note, left, right: left + wide, high, low, was: low });
  }
  return boxes;
}

/**
 * Labels of lines are moved up, and from the top down again, until none covers another.
 * @param {any} layout is changed
 * @param {Room} room
 * @returns {void}
 */
export function spreadLabels(layout, room) {
  const boxes = boxesOf(layout, room);
  const beside = (a, b) => a !== b && a.left < b.right && b.left < a.right;
  boxes.sort((a, b) => a.low - b.low);
  for (const [i, box] of boxes.entries())
    for (const under of boxes.slice(0, i).sort((a, b) => a.low - b.low))
      if (beside(box, under) && box.low < under.low + under.high && under.low < box.low + box.high)
        box.low = under.low + under.high;
  boxes.sort((a, b) => b.low - a.low);
  for (const [i, box] of boxes.entries()) {
    const above = boxes.slice(0, i).filter((other) => beside(box, other)).map((other) => other.low);
    const ceiling = Math.min(box.low === box.was ? Infinity : room.height, ...above);
    box.low = Math.min(box.low, ceiling - box.high);
  }
  for (const { note, low, was } of boxes) if (low !== was) note.yshift = (note.yshift || 0) + low - was;
}

/* Marks of an axis that would run together: the powers of ten stay, or every second, third, … of all. */
function thin(axis, width, letter) {
  const { tickvals, ticktext, range, type, domain = [0, 1] } = axis;
  if (!Array.isArray(tickvals) || !range) return;
  const unit = width * (domain[1] - domain[0]) / (range[1] - range[0]);
  const marks = tickvals.map((value, i) => {
    const text = ticktext?.[i] ?? value, place = type === "log" ? Math.log10(value) : value;
    return { value, text, place, half: letter * letters(String(text)) / 2 + 4 };
  });
  const apart = (some) => some.every((mark, i) =>
    !i || Math.abs(unit * (mark.place - some[i - 1].place)) >= mark.half + some[i - 1].half);
  if (apart(marks)) return;
  const powers = type === "log" ? marks.filter(({ place }) => Math.abs(place - Math.round(place)) < 1e-9) : [];
  const all = powers.length > 1 ? powers : marks;
  let left = all;
  for (let n = 2; n <= all.length && !apart(left); n++) left = all.filter((_, i) => i % n === 0);
  axis.tickvals = left.map(({ value }) => value);
  if (ticktext) axis.ticktext = left.map(({ text }) => text);
}

/* Marks of an upright axis that would run together: every second, fifth, … stays. */
function sparse(axis, height, row) {
  const { range, dtick, tickvals, domain = [0, 1] } = axis;
  const long = height * (domain[1] - domain[0]);
  if (Array.isArray(tickvals)) {
    const [low, high] = [Math.min(...tickvals), Math.max(...tickvals)];
    const room = range ? long * (high - low) / Math.abs(range[1] - range[0]) : long;
    // names of rows, each with its own place, are not left out
    if (!axis.ticktext && row * (tickvals.length - 1) > room) axis.tickvals = [low, high];
  } else if (range && typeof dtick === "number") {
    const least = row * Math.abs(range[1] - range[0]) / long;
    if (dtick < least) axis.dtick = Math.ceil(least / dtick) * dtick;
  } else if (!axis.nticks && long < 6 * row) axis.nticks = Math.max(2, Math.floor(long / row));
}

/**
 * Of a colour bar that is too short for its marks the first, the middle and the last one stay.
 * @param {any[]} data is changed
 * @param {number} height pixels of the axes
 * @param {number} row pixels of a line's height
 * @returns {void}
 */
export function fitBars(data, height, row) {
  for (const { colorbar } of data) {
    const { tickvals, ticktext } = colorbar || {};
    if (!ticktext || height > 1.4 * row * tickvals.length) continue;
    const kept = [0, tickvals.length >> 1, tickvals.length - 1];
    Object.assign(colorbar, { tickvals: kept.map((i) => tickvals[i]), ticktext: kept.map((i) => ticktext[i]) });
  }
}

/**
 * Of panels side by side the first one names their axis, where there is no room for each to; beside a
 * low panel its name is broken into two lines. Marks that run together are thinned.
 * @param {any} layout is changed
 * @param {number} width
 * @param {number} height
 * @param {number} letter
 * @returns {void}
 */
export function fitAxes(layout, width, height, letter) {
  for (const [name, { title, domain = [0, 1] }] of Object.entries(layout).filter(([key]) => /^yaxis\d*$/.test(key)))
    if (title?.text) {
      const most = Math.max(1.1 * height * (domain[1] - domain[0]) / letter, letters(title.text) / 2 + 3);
      layout[name].title = { ...title, text: broken(title.text, most) };
    }
  for (const name of Object.keys(layout)) if (/^xaxis\d*$/.test(name)) thin(layout[name], width, 0.9 * letter);
  for (const name of Object.keys(layout)) if (/^yaxis\d*$/.test(name)) sparse(layout[name], height, 2.4 * letter);
  const { title, domain = [0, 1] } = layout.xaxis;
  if (!title || letter * letters(title.text) < width * (domain[1] - domain[0])) return;
  for (const [name, axis] of Object.entries(layout))
    if (/^xaxis\d/.test(name) && axis.title?.text === title.text) axis.title = { text: "" };
}

/**
 * A text in lines of so many letters at most, where one is longer; a formula, an interval stays on its line.
 * @param {string} text
 * @param {number} most
 * @returns {string}
 */
export function broken(text, most) {
  if (text.split("<br>").every((line) => letters(line) <= most)) return text;
  const lines = [];
  for (const word of text.replace(/(\[[^\s\]]+,) /g, "$1\u00a0").split(/<br>|(?<! [=+−]) (?![=+−] )/)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && letters(longer) <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("<br>");
}

/* Pixels of a legend's entry beside its words. */
const MARK = 48;
const BELOW = { orientation: "h", xanchor: "left", yref: "container", yanchor: "bottom" };

/**
 * A legend in a row that is too long is broken into rows, each entry as wide as its words: plotly would
 * give every one the room of the longest, and the axes what is left.
 * @param {{data: any[], layout: any}} figure is changed
 * @param {number} width pixels
 * @param {number} height of all of the figure
 * @param {{letter: number, row: number, usual: any, small: boolean}} sizes and how a legend usually looks
 * @returns {void}
 */
export function fitLegend({ data, layout }, width, height, { letter, row, usual, small }) {
  const below = layout.legend?.orientation === "h" && layout.legend.yref === "container";
  const named = data.filter(({ name, showlegend, visible }) => name && showlegend !== false && visible !== false);
  if (!(below || small) || layout.showlegend === false || named.length < 2) return;
  const legend = below ? layout.legend : BELOW;
  const rows = [];
  let left = 0;
  for (const trace of named) {
    const wide = MARK + letter * letters(trace.name);
    if (!rows.length || wide > left) {
      rows.push([]);
      left = width;
    }
    left -= wide;
    rows.at(-1).push(trace);
  }
  if (below && rows.length < 2) return;
  for (const [i, traces] of rows.entries()) {
    const name = i ? `legend${i + 1}` : "legend";
    // templates know of one legend
    layout[name] = { ...usual, ...legend, xref: "container", x: 0, y: (rows.length - 1 - i) * row / height };
    for (const trace of traces) trace.legend = name;
  }
  layout.margin = { ...layout.margin, b: Math.max(62, 3.1 * row) + row * rows.length };
}

/**
 * Break a title that is longer than so many letters into lines, and give them room.
 * @param {any} layout is changed
 * @param {number} most
 * @param {number} scale how much larger than usual letters are
 * @param {boolean} [small] on a small screen it begins where the figure does, in smaller letters
 * @returns {void}
 */
export function fitTitle(layout, most, scale, small = false) {
  const title = layout.title && layout.title.text;
  const text = title && broken(title, most);
  if (text === title && !small) return;
  const lines = (text || "").split("<br>").length;
  const own = small ? { font: { size: 15 * scale }, xref: "container", x: 0.02 } : {};
  layout.title = { ...layout.title, ...own, y: 0.965, text };
  const top = (layout.margin?.t || 50) - (small ? 34 : 30) + (small ? 19 : 24) * (lines - 1);
  layout.margin = { ...layout.margin, t: 30 + scale * top };
}
