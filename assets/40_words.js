/* Words: result sentence, checks, progress, tables, downloads, copies. */
(function () {
  "use strict";

  const { pages, dress, numbers, lookNow, unmarked } = window.dow;
  const SIGNS = { agrees: "✓", refuted: "✗", undecided: "?" };
  const ROWS = 400, SEEN = 8;

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  /* Plain text with C_W, θ^lin and their like written with a subscript or a superscript. */
  function typeset(holder, text) {
    holder.replaceChildren(...text.split(/(?<=\p{L})(_\w+|\^\w+)|(?<=_\w+)(\^\w+)/u).filter(Boolean).map((part) =>
      part[0] === "_" ? element("sub", part.slice(1))
        : part[0] === "^" ? element("sup", part.slice(1)) : document.createTextNode(part)));
  }

  /* ---- what changes with every answer ---------------------------------------------- */

  function tell(s, answer) {
    const sentence = document.getElementById(`${s.page}-sentence`);
    if (sentence) typeset(sentence, (s.beside ? "A: " : "") + answer.sentence);
    const other = document.getElementById(`${s.page}-sentence-b`);
    if (other) typeset(other, s.beside ? "B: " + s.beside.sentence : "");
    clearTimeout(s.speaker);
    s.speaker = setTimeout(() => {
      const status = document.getElementById(`${s.page}-status`);
      if (status) status.textContent = answer.sentence;
    }, 700);
    const warning = document.getElementById(`${s.page}-warning`);
    warning.hidden = !answer.warning;
    if (warning.textContent !== answer.warning) warning.textContent = answer.warning;
    document.getElementById(`${s.page}-python`).textContent = answer.python;
    for (const [key, check] of Object.entries(answer.checks)) tellCheck(s, key, check);
    tellChosen(s);
    tellSampling(s, answer.sampling);
    clearTimeout(s.tabler);
    s.tabler = setTimeout(() => tables(s), 250);
  }

  function tellCheck(s, key, check) {
    const holder = document.getElementById(`${s.page}-claim-${key}`);
    const said = JSON.stringify(check);
    if (!holder || holder.dowSaid === said) return;
    holder.dowSaid = said;
    holder.closest(".claim").classList.toggle("untested", !check);
    holder.replaceChildren(...(check ? numbersOf(check) : [element("span", "Not tested by this setting.", "quiet")]));
  }

  /* The claim that has been asked for, for as long as the setting tests it. */
  function tellChosen(s) {
    const holder = document.getElementById(`${s.page}-chosen`);
    const check = s.claim && s.answer?.checks[s.claim];
    const said = check ? JSON.stringify(check) : "";
    if ((holder.dowSaid || "") === said) return;
    holder.dowSaid = said;
    holder.replaceChildren(...(check ? [element("strong", "Claim:"), ...numbersOf(check)] : []));
  }

  /* The numbers and verdicts of a check. */
  function numbersOf(check) {
    const parts = [element("span", undefined, "quantity")];
    typeset(parts[0], check.quantity);
    if (check.measured) {
      const error = check.sampled ? ` ± ${check.error}` : ` (tolerance ${check.error})`;
      parts.push(element("span", `measured ${check.measured}${error}`, "measured"));
    }
    for (const [label, predicted, verdict] of check.statements) {
      const row = element("span", undefined, "statement-row");
      const words = element("span");
      typeset(words, `${label}: ${predicted}`);
      row.append(words,
        element("span", `${SIGNS[verdict]} ${verdict}`, `verdict ${verdict}`));
      parts.push(row);
    }
    if (check.reason) parts.push(element("span", check.reason, "quiet"));
    return parts;
  }

  function tellSampling(s, sampling) {
    const panel = document.getElementById(`${s.page}-sampler`);
    if (!panel) return;
    const before = panel.hidden;
    panel.hidden = !sampling;
    // on a phone it has a line of its own
    if (panel.hidden !== before) window.dow.measure(s);
    if (!sampling) return;
    const bar = document.getElementById(`${s.page}-progress`);
    bar.max = sampling.total;
    bar.value = sampling.done;
    bar.setAttribute("aria-valuetext", `${sampling.done} of ${sampling.total} batches`);
    typeset(document.getElementById(`${s.page}-sampled`), sampling.text);
    window.dow.pauseLabel(s);
  }

  /* ---- the numbers of a figure ------------------------------------------------------ */

  function plain(array) {
    if (!array) return [];
    const flat = Array.from(numbers(array));
    if (!array.shape) return flat;
    const [rows, columns] = array.shape.split(",").map(Number);
    return Array.from({ length: rows }, (_, r) => flat.slice(r * columns, (r + 1) * columns));
  }

  /* The numbers of a heat map; `meta` says how their colours are spread. */
  const SPREAD = { log10: (z) => 10 ** z, root: (z) => Math.sign(z) * z * z };
  function values(trace) {
    const spread = SPREAD[trace.meta] || ((z) => z);
    return plain(trace.customdata || trace.z).map((row) => Array.from(row, trace.customdata ? (z) => z : spread));
  }

  /* Where the cells of a heat map are: between their borders, if those are given. */
  function middles(places, count, axis) {
    if (places.length !== count + 1) return places;
    const mean = axis?.type === "log" ? (a, b) => Math.sqrt(a * b) : (a, b) => (a + b) / 2;
    return places.slice(1).map((b, i) => mean(places[i], b));
  }

  /* Rows [trace, x, y, error or value] of everything a figure shows. */
  function rows(figure) {
    const out = [];
    for (const trace of figure.data) {
      const name = unmarked(trace.name);
      let xs = plain(trace.x);
      let ys = plain(trace.y);
      if (trace.z) {
        const cells = values(trace);
        xs = middles(xs, cells[0].length, figure.layout.xaxis);
        ys = middles(ys, cells.length, figure.layout.yaxis);
        cells.forEach((row, j) => row.forEach((z, i) => out.push([name, xs[i] ?? i, ys[j] ?? j, z])));
      } else if (trace.mode !== "text") {
        const errors = trace.error_y ? plain(trace.error_y.array) : [];
        // or several series, with gaps between that have no name
        const names = trace.meta === "series" ? trace.customdata : null;
        xs.forEach((x, i) => {
          if (!names || names[i]) out.push([names ? unmarked(names[i]) : name, x, ys[i], errors[i] ?? ""]);
        });
      }
    }
    return out;
  }

  // As the address spells them.
  const spelled = (v) => (v === true ? "1" : v === false ? "0" : v);

  const short = (v) => typeof v === "number" ? String(Number(v.toPrecision(7))) : v;

  function setting(s) {
    const { player } = s;
    const said = Object.entries(s.shown.params).map(([name, value]) => `${name} = ${spelled(value)}`);
    return player ? [...said, `shown at ${player.word} ${player.names[player.at]}`] : said;
  }

  function here(s) {
    const parts = [s.shown.answer.query, s.beside ? `b=~${encodeURIComponent(s.beside.query)}` : ""];
    const query = parts.filter(Boolean).join("&");
    return window.location.origin + s.meta.path + (query ? `?${query}` : "") + window.dow.claimed(s);
  }

  const version = () => document.documentElement.dataset.version || "";

  function csv(s, slot) {
    const figure = dress(s, slot, lookNow());
    const head = [
      `Depth over Width ${version()}`, here(s), title(figure.layout),
      ...setting(s), `x: ${title(figure.layout.xaxis)}`, `y: ${title(figure.layout.yaxis)}`,
    ].map((text) => `# ${text}`);
    const quote = (v) => typeof v === "string" && /[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v;
    const body = rows(figure).map((row) => row.map((v) => quote(short(v))).join(","));
    return [...head, "series,x,y,error_or_value", ...body].join("\n") + "\n";
  }

  /* The title of a figure or of an axis. */
  const title = (part) => unmarked(part?.title?.text);

  const tableOf = (s, slot) => document.getElementById(`${s.page}-${slot}-data`);

  function table(s, slot) {
    const holder = tableOf(s, slot);
    holder.hidden = !holder.hidden;
    if (holder.hidden) return holder.replaceChildren();
    fill(s, slot, holder);
    // it opens below its figure, often out of sight
    return [...holder.querySelectorAll("tr")].slice(0, SEEN).pop()?.scrollIntoView({ block: "nearest" });
  }

  /* Open tables hold what their figures now show. */
  function tables(s) {
    for (let slot = 0, holder; (holder = tableOf(s, slot)); slot++) {
      if (holder.hidden) continue;
      if (s.items[slot]) fill(s, slot, holder);
      else table(s, slot);
    }
  }

  function fill(s, slot, holder) {
    const figure = dress(s, slot, lookNow());
    const all = rows(figure);
    const made = element("table");
    made.append(element("caption", title(figure.layout)));
    const head = made.createTHead().insertRow();
    for (const text of ["series", title(figure.layout.xaxis), title(figure.layout.yaxis), "error or value"]) {
      const cell = element("th", text);
      cell.scope = "col";
      head.append(cell);
    }
    const body = made.createTBody();
    for (const row of all.slice(0, ROWS)) {
      const line = body.insertRow();
      for (const value of row) line.insertCell().textContent = short(value);
    }
    holder.replaceChildren(made);
    if (all.length > ROWS)
      holder.append(element("p", `The first ${ROWS} of ${all.length} rows; the CSV file has all.`));
  }

  /* ---- files ------------------------------------------------------------------------- */

  function save(name, href) {
    const a = Object.assign(document.createElement("a"), { href, download: name });
    document.body.append(a);
    a.click();
    a.remove();
  }

  function caption(s) {
    const text = [`Depth over Width ${version()} · ${here(s)}`, ...setting(s)].join(" · ");
    const lines = [""];
    for (const word of text.split(" ")) {
      if ((lines[lines.length - 1] + word).length > 120) lines.push("");
      lines[lines.length - 1] += (lines[lines.length - 1] ? " " : "") + word;
    }
    return lines;
  }

  async function picture(s, slot, format) {
    const figure = dress(s, slot, lookNow());
    const lines = caption(s);
    const bottom = 90 + 16 * lines.length;
    figure.layout = {
      ...figure.layout, width: 1200, height: 720 + bottom, autosize: false,
      margin: { ...figure.layout.template.layout.margin, ...figure.layout.margin, b: bottom },
      annotations: [...(figure.layout.annotations || []), {
        text: lines.map((l) => l.replaceAll("<", "&lt;")).join("<br>"), xref: "paper", yref: "paper",
        x: 0, y: 0, xanchor: "left", yanchor: "top", yshift: -64, align: "left", showarrow: false,
        font: { size: 12 },
      }],
    };
    const url = await window.Plotly.toImage(figure, { format, width: 1200, height: 720 + bottom, scale: format === "png" ? 2 : 1 });
    save(`${s.page}-${s.items[slot].key}.${format}`, url);
  }

  /* ---- copies ------------------------------------------------------------------------ */

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 1200);
  }

  const copies = {
    link: (s) => here(s),
    python: (s) => s.shown.answer.python,
    result: (s) => [
      here(s), s.shown.answer.sentence, s.shown.answer.sampling?.text, setting(s).join(", "), `version ${version()}`,
    ].filter(Boolean).join(" | "),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-tool], button[data-copy]");
    const s = button && pages[button.dataset.page];
    if (!s || !s.shown) return;
    const slot = Number(button.dataset.slot);
    if (button.dataset.copy) copy(copies[button.dataset.copy](s), button);
    else if (!s.items[slot]) return;
    else if (button.dataset.tool === "table") table(s, slot);
    else if (button.dataset.tool === "csv")
      save(`${s.page}-${s.items[slot].key}.csv`,
        URL.createObjectURL(new Blob([csv(s, slot)], { type: "text/csv;charset=utf-8" })));
    else picture(s, slot, button.dataset.tool);
  });

  Object.assign(window.dow, { tell, tellChosen, rows, csv, typeset });
})();
