/* Figures: put in the colours of the look, keep the zoom, draw what is on screen. */
(function () {
  "use strict";

  const { state, pages, holder, jump, remember, dim, answered, goOn, queryOf, keyOf, plotly } = window.dow;
  const { react, forget } = plotly;
  const WIDER = new Set(["width", "size", "thickness"]);
  let themes = null;
  let lookNow = "light";

  /* A copy of `node` with "@role" replaced by the look's colour and strokes widened. */
  function dressed(node, theme, inMark) {
    if (typeof node === "string")
      return node[0] === "@" ? theme.colours[node.slice(1)] || node : node;
    if (Array.isArray(node)) return node.map((v) => dressed(v, theme, inMark));
    if (node && typeof node === "object") {
      if (node.bdata !== undefined || ArrayBuffer.isView(node)) return node;
      const copy = {};
      for (const [k, v] of Object.entries(node)) {
        const mark = inMark || k === "line" || k === "marker" || k === "error_y" || k === "error_x";
        copy[k] = inMark && WIDER.has(k) && typeof v === "number" ? v * theme.scale
          : dressed(v, theme, mark && k !== "colorbar");
      }
      return copy;
    }
    return node;
  }

  /* Side A of a slot, or side B on common axes with it, for the place it has. */
  function dress(s, slot, look, sideB = false) {
    const item = sideB
      ? { ...s.items[slot], spec: s.beside.figures[slot], extra: s.beside.extras[slot] } : s.items[slot];
    const theme = themes[look];
    const figure = dressed(item.spec, theme, false);
    if (s.player && !sideB) s.player.apply(slot, figure);
    for (const [axis, kept] of Object.entries(sideB ? {} : s.zoom[item.key] || {}))
      if (figure.layout[axis] && (figure.layout[axis].type || "linear") === kept.type)
        Object.assign(figure.layout[axis], { range: kept.range, autorange: false });
    figure.layout.template = theme.template;
    const place = (document.getElementById(`${s.page}-${slot}-slot`)?.clientWidth || 1100) / (s.beside && !phone() ? 2 : 1);
    // beside the axis, and the buttons of the main figure, which a phone has below it
    const taken = slot === 0 && look !== "projector" && !phone() && !s.beside ? 280 : 80;
    fitTitle(figure.layout, (place - taken) / (9 * theme.scale), theme.scale);
    // before labels are fitted into what the axes show
    if (s.beside) share(s, slot, figure);
    const { t, b } = { ...theme.template.layout.margin, ...figure.layout.margin };
    const height = (plotOf(s, slot)?.clientHeight || 500) - t - b;
    const room = { width: place - 100, height, letter: 7.3 * theme.scale, row: 19 * theme.scale };
    fitLabels(figure.layout, room, `${theme.template.layout.paper_bgcolor}b0`);
    spreadLabels(figure.layout, room);
    fitAxes(figure.layout, place - 100, height, 7.5 * theme.scale);
    figure.layout.autosize = true;
    // a finger scrolls the page, wherever it begins
    if (touched) figure.layout.dragmode = false;
    prepared(figure, item, sideB ? s.pinned : s.params, slot);
    return figure;
  }

  /* The union of both sides' ranges, where both have the same kind of axis. */
  function share(s, slot, figure) {
    const a = s.items[slot].spec.layout;
    const b = s.beside.figures[slot] && s.beside.figures[slot].layout;
    if (!b) return;
    figure.layout.margin = { ...figure.layout.margin, t: Math.max(74, figure.layout.margin?.t || 0) };
    for (const axis of ["xaxis", "yaxis"]) {
      const [p, q] = [a[axis], b[axis]];
      if (!p || !q || !p.range || !q.range || p.type !== q.type) continue;
      if ((s.zoom[s.items[slot].key] || {})[axis]) continue;
      const range = [Math.min(p.range[0], q.range[0]), Math.max(p.range[1], q.range[1])];
      // the ticks of the side that reaches as far, or plotly's
      const { tickmode, tickvals, ticktext, dtick } =
        [p, q].find((side) => side.range.every((end, i) => end === range[i])) || {};
      Object.assign(figure.layout[axis], { range, tickmode, tickvals, ticktext, dtick });
    }
  }

  const phone = () => window.matchMedia("(max-width: 900px)").matches;

  /* Words of a figure without their markup. */
  const unmarked = (text) => (text || "").replaceAll("<br>", " ").replace(/<[^>]+>/g, "");

  const letters = (text) => unmarked(text).length;

  /* Where a label stands along its axis, in pixels; not a number where it stands on the paper. */
  function along(layout, note, letter, length) {
    const { range = [0, 0], domain = [0, 1] } = layout[(note[`${letter}ref`] || letter).replace(letter, `${letter}axis`)] || {};
    const ends = domain.map((end) => end * length);
    return { at: ends[0] + (ends[1] - ends[0]) * (note[letter] - range[0]) / (range[1] - range[0]), end: ends[1] };
  }

  /* Labels that would reach beyond the right or the left end of their panel are moved inwards, and
     above the line they end, or below it where it is at the top; other lines shine through. */
  function fitLabels(layout, { width, height, letter, row }, bgcolor) {
    for (const note of layout.annotations || []) {
      const { at, end } = along(layout, note, "x", width);
      if (!Number.isFinite(at)) continue;
      const length = letter * Math.max(...String(note.text).split("<br>").map(letters));
      const shift = note.xshift || 0;
      const over = note.xanchor === "left" ? at + shift + length - end - 12 : 0;
      const under = note.xanchor === "right" ? length - at - shift : 0;
      if (over > 0) note.xshift = shift - Math.min(over, at);
      if (over > shift + 2 * letter && note.yanchor === "middle") {
        const below = along(layout, note, "y", height).at + 6 + row > height;
        Object.assign(note, { yanchor: below ? "top" : "bottom", yshift: below ? -6 : 6, bgcolor });
      }
      if (under > 0) note.xshift = shift + Math.min(under, end - at);
    }
  }

  /* Labels of lines are moved up, and from the top down again, until none covers another. */
  function spreadLabels(layout, { width, height, letter, row }) {
    const boxes = [];
    for (const note of layout.annotations || []) {
      const [x, y] = [along(layout, note, "x", width).at, along(layout, note, "y", height).at];
      if (!Number.isFinite(x + y) || note.textangle) continue;
      const lines = String(note.text).split("<br>");
      const [wide, high] = [letter * Math.max(...lines.map(letters)), row * lines.length];
      const left = x + (note.xshift || 0) - wide * ({ left: 0, right: 1 }[note.xanchor] ?? 0.5);
      const low = y + (note.yshift || 0) - high * ({ bottom: 0, top: 1 }[note.yanchor] ?? 0.5);
      boxes.push({ note, left, right: left + wide, high, low, was: low });
    }
    const beside = (a, b) => a !== b && a.left < b.right && b.left < a.right;
    boxes.sort((a, b) => a.low - b.low);
    for (const [i, box] of boxes.entries())
      for (const under of boxes.slice(0, i).sort((a, b) => a.low - b.low))
        if (beside(box, under) && box.low < under.low + under.high && under.low < box.low + box.high)
          box.low = under.low + under.high;
    boxes.sort((a, b) => b.low - a.low);
    for (const [i, box] of boxes.entries()) {
      const above = boxes.slice(0, i).filter((other) => beside(box, other)).map((other) => other.low);
      const ceiling = Math.min(box.low === box.was ? Infinity : height, ...above);
      box.low = Math.min(box.low, ceiling - box.high);
    }
    for (const { note, low, was } of boxes) if (low !== was) note.yshift = (note.yshift || 0) + low - was;
  }

  /* Of panels side by side the first one names their axis, where there is no room for each to;
     beside a low panel its name is broken into two lines. */
  function fitAxes(layout, width, height, letter) {
    for (const [name, { title, domain = [0, 1] }] of Object.entries(layout).filter(([key]) => /^yaxis\d*$/.test(key)))
      if (title?.text) {
        const most = Math.max(1.1 * height * (domain[1] - domain[0]) / letter, letters(title.text) / 2 + 3);
        layout[name].title = { ...title, text: broken(title.text, most) };
      }
    const { title, domain = [0, 1] } = layout.xaxis;
    if (!title || letter * letters(title.text) < width * (domain[1] - domain[0])) return;
    for (const [name, axis] of Object.entries(layout))
      if (/^xaxis\d/.test(name) && axis.title?.text === title.text) axis.title = { text: "" };
  }

  /* `text` in lines of `most` letters, where one is longer; a formula stays on its line. */
  function broken(text, most) {
    if (text.split("<br>").every((line) => letters(line) <= most)) return text;
    const lines = [];
    for (const word of text.split(/<br>|(?<! [=+−]) (?![=+−] )/)) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && letters(longer) <= most) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines.join("<br>");
  }

  /* Break a title that is longer than `most` letters into lines. */
  function fitTitle(layout, most, scale) {
    const title = layout.title && layout.title.text;
    const text = title && broken(title, most);
    if (text === title) return;
    const size = most < 40 ? { font: { size: 14 * scale } } : {};
    layout.title = { ...layout.title, ...size, y: 0.965, text };
    layout.margin = { ...layout.margin, t: 30 + scale * ((layout.margin?.t || 50) - 30 + 24 * (text.split("<br>").length - 1)) };
  }

  /* ---- drawing ------------------------------------------------------------------ */

  const touched = window.matchMedia("(hover: none)").matches;

  const CONFIG = {
    // a finger has no place to hover over: the icons would stay on the title
    displayModeBar: touched ? false : "hover",
    displaylogo: false, showSendToCloud: false, doubleClick: false,
    modeBarButtonsToRemove: ["toImage", "lasso2d", "select2d", "autoScale2d"],
  };

  /* The graph of a slot, once something is drawn in it. */
  function plotOf(s, slot) {
    const gd = document.getElementById(`${s.page}-graph-${slot}`);
    return gd && gd.data ? gd : null;
  }

  /* Draw a slot as its item, the look and the controls say. */
  function plot(s, slot) {
    s.pending.delete(slot);
    const figure = dress(s, slot, lookNow);
    react(document.getElementById(`${s.page}-graph-${slot}`), figure, CONFIG);
    document.getElementById(`${s.page}-${slot}-slot`).setAttribute("aria-label", unmarked(figure.layout.title.text));
    window.dow.attach(s, slot);
  }

  function plotBeside(s, slot) {
    const gd = document.getElementById(`${s.page}-beside-${slot}`);
    if (s.beside && s.items[slot] && s.beside.figures[slot])
      react(gd, dress(s, slot, lookNow, true), { ...CONFIG, displayModeBar: false });
    else if (gd && gd.data) forget(gd);
  }

  function onScreen(s, slot) {
    const element = document.getElementById(`${s.page}-${slot}-slot`);
    if (!element) return false;
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > -200 && top < window.innerHeight + 200;
  }

  /* ---- answers and looks come in, figures go out -------------------------------- */

  /* A page has been laid out, with its first answer, or the look changes. */
  function draw(look, meta, looks) {
    const s = state(meta.page);
    themes = looks;
    plotly.tidy();
    window.dow.mount(s, meta);
    const swapped = look !== s.look;
    s.look = lookNow = look;
    measure(s);
    if (!s.answer) {
      arrive(s, s.first);
      window.dow.gate(s);
    } else if (swapped) redraw(s, s.items.keys(), true);
    return window.dash_clientside.no_update;
  }

  /* Where the result or, on a phone, the main figure begins, below a statement of as many lines as
     it needs: the figure has the rest of the screen. */
  function measure(s) {
    const tops = ["sentence", "graph-0"].map((part) =>
      document.getElementById(`${s.page}-${part}`).getBoundingClientRect().top + window.scrollY);
    holder(s).style.setProperty("--above", `${Math.round(Math.min(...tops))}px`);
  }

  const missing = (s) => () => problem(s, { text: "What draws the figures could not be loaded; load the page again." });

  /* An answer, unless it is no longer asked for. */
  function arrive(s, answer) {
    if (!window.Plotly) return plotly.comes.then(() => arrive(s, answer), missing(s));
    if (answer.token !== s.token || !holder(s)) return;
    answered(s, answer);
    const changed = absorb(s, answer);
    // The server may work on what comes next while these figures are painted.
    goOn(s);
    redraw(s, changed, answer.index === 0);
    // Plotly measures as it draws: words that changed before would be laid out for every figure.
    if (!answer.problem) window.dow.tell(s, answer);
  }

  function redraw(s, slots, both) {
    for (const slot of slots) {
      if (!s.items[slot]) continue;
      if (onScreen(s, slot)) {
        plot(s, slot);
        if (both) plotBeside(s, slot);
      } else s.pending.add(slot);
    }
  }

  /* Take an answer in; the slots whose figures it changes. */
  function absorb(s, answer) {
    s.answer = answer;
    dim(s, false);
    problem(s, answer.problem);
    document.getElementById(`${s.page}-compare`).classList.toggle("pinned", Boolean(s.pinned));
    if (answer.problem) return [];
    s.shown = { answer, params: s.sent };
    const changed = [];
    answer.figures.forEach((item, slot) => {
      if (!item) return;
      s.items[slot] = item;
      changed.push(slot);
    });
    if (answer.index === 0) {
      s.items.length = answer.figures.length;
      s.beside = answer.beside;
      holder(s).classList.toggle("compared", Boolean(s.beside));
      showSlots(s);
      window.dow.equip(s);
      remember(s, answer.query);
      s.local = answer.local;
      s.key = keyOf(s, s.sent);
      if (s.local.some((name) => s.params[name] !== s.sent[name])) showLocal(s);
    }
    return changed;
  }

  function showSlots(s) {
    const slots = holder(s);
    [...slots.children].forEach((slot, i) => {
      slot.classList.toggle("empty", i >= s.items.length);
      slot.classList.toggle("drawn", i < s.items.length);
    });
    slots.dataset.count = s.items.length;
  }

  function problem(s, given) {
    const note = document.getElementById(`${s.page}-problem`);
    note.hidden = !given;
    note.replaceChildren();
    if (!given) return;
    const text = document.createElement("p");
    text.textContent = given.text;
    note.append(text);
    if (given.nearest) {
      const button = document.createElement("button");
      button.className = "button";
      button.textContent = "Take the nearest setting";
      button.addEventListener("click", () => jump(s, given.nearest));
      note.append(button);
    }
  }

  /* A figure that needs more than plotly draws it in a script of its own:
     dow.extend(figure key, (s, slot, gd, item) => …), called after every drawing. */
  const extensions = {};
  function extension(s, slot, gd) {
    const item = s.items[slot];
    if (item && extensions[item.key]) extensions[item.key](s, slot, gd, item);
  }

  /* What such a script puts into the figure itself, so that it is in downloads and tables too:
     dow.prepare(figure key, (figure, item, params, slot) => …), called before every drawing. */
  const preparations = {};
  function prepared(figure, item, params, slot) {
    if (preparations[item.key]) preparations[item.key](figure, item, params, slot);
  }

  /* Fields that the server need not be asked for have changed: figures, address and Python. */
  function showLocal(s) {
    const python = (v) => (v === true ? "True" : v === false ? "False" : typeof v === "string" ? `'${v}'` : v);
    if (!s.shown) return;
    const { answer } = s.shown;
    s.shown.params = s.params;
    answer.query = queryOf(s, s.params);
    for (const name of s.local)
      answer.python = answer.python.replace(
        new RegExp(`\\b${name}=('[^']*'|[^,)]+)`), `${name}=${python(s.params[name])}`);
    document.getElementById(`${s.page}-python`).textContent = answer.python;
    remember(s, answer.query);
    for (const [slot, item] of s.items.entries())
      if (preparations[item.key] && onScreen(s, slot))
        plot(s, slot);
      else if (preparations[item.key]) s.pending.add(slot);
  }

  /* ---- draw late what was off screen --------------------------------------------- */

  let waiting = false;
  function catchUp() {
    waiting = false;
    for (const s of Object.values(pages))
      for (const slot of [...s.pending])
        if (s.items[slot] && onScreen(s, slot)) {
          plot(s, slot);
          plotBeside(s, slot);
        }
  }
  for (const name of ["scroll", "resize"])
    window.addEventListener(name, () => {
      if (!waiting) requestAnimationFrame(catchUp);
      waiting = true;
    }, { passive: true });

  /* Titles are broken to the width they have. */
  let settling;
  window.addEventListener("resize", () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      for (const s of Object.values(pages)) {
        if (holder(s)) measure(s);
        for (const slot of s.items.keys()) s.pending.add(slot);
      }
      catchUp();
    }, 200);
  });

  Object.assign(window.dow, {
    problem, showLocal, draw, arrive, measure, dress, unmarked, plot, plotOf, extension, lookNow: () => lookNow,
    extend: (key, f) => { extensions[key] = f; },
    prepare: (key, f) => { preparations[key] = f; },
  });
})();
