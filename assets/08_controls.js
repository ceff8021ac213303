/* The controls: what they say, and what they are told. */
(function () {
  "use strict";

  const pages = {};

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const box = (page, param) => ({ kind: "box", page, param });
  const slider = (page, param) => ({ kind: "slider", page, param });

  /* The gate hears of every change in the renderer's store itself. A callback would hear of it after
     some thirty dispatches of the renderer, a fifth of a slider's way to paint. */
  let store = null;
  function listen() {
    if (store) return;
    store = window.dash_stores[0];
    let { layout } = store.getState();
    store.subscribe(() => {
      const now = store.getState().layout;
      if (now === layout) return;
      layout = now;
      const typedInto = document.activeElement?.closest(".control-box, .points-box");
      for (const s of Object.values(pages)) if (!s.telling && s.meta) window.dow.gate(s, typedInto);
    });
  }

  /* The properties of the page's boxes and sliders; null where the page is not the one laid out. */
  function held(s) {
    const { layout, paths } = store.getState();
    const at = (path) => path.reduce((node, key) => node?.[key], layout)?.props;
    const meta = paths.strs[`${s.page}-meta`];
    if (!meta || at(meta)?.data?.visit !== s.meta.visit) return null;
    const found = { box: {}, slider: {} };
    for (const { values: [kind, page, name], path } of paths.objs["kind,page,param"])
      if (page === s.page) found[kind][name] = at(path);
    return found;
  }

  /* Tell several components something; the gate hears of it once, afterwards, if at all. */
  function quietly(s, tell) {
    s.telling = true;
    try {
      tell();
    } finally {
      s.telling = false;
    }
  }

  /* ---- what the controls say -------------------------------------------------- */

  /* What every box holds, legal or not. */
  function read(s, boxes) {
    return Object.fromEntries(Object.entries(s.meta.fields).map(([name, field]) =>
      [name, field.kind === "flag" ? boxes[name].checked : boxes[name].value]));
  }

  function legal(field, value) {
    if (field.kind === "flag") return typeof value === "boolean";
    if (field.kind === "choice") return typeof value === "string";
    if (field.kind === "points") return typeof value === "string" && /^([-+.\de]+~[-+.\de]+(_|$))*$/.test(value);
    return typeof value === "number" && Number.isFinite(value) && value >= field.low &&
      value <= field.high && (field.kind === "real" || Number.isInteger(value));
  }

  /* Whether all that the boxes say is legal; what is not is said below its box. */
  function check(s, said) {
    let whole = true;
    for (const [name, field] of Object.entries(s.meta.fields)) {
      const good = legal(field, said[name]);
      const note = document.getElementById(`${s.page}-problem-${name}`);
      const text = good ? "" : `${field.label} must be ${field.legal}. The figure shows the last legal value.`;
      if (note && note.textContent !== text) {
        note.textContent = text;
        note.closest(".control").querySelector("input")?.setAttribute("aria-invalid", String(!good));
      }
      whole &&= good;
    }
    return whole;
  }

  function showRelevant(s, params) {
    for (const [name, field] of Object.entries(s.meta.fields)) {
      if (!field.relevant.length && !field.needs.length) continue;
      const holds = ([name, values]) => values.includes(params[name]);
      const idle = !field.needs.every(holds) || (field.relevant.length > 0 && !field.relevant.some(holds));
      const parts = [`control-${name}`, ...(name === "seed" ? ["sample"] : [])];
      for (const part of parts) document.getElementById(`${s.page}-${part}`)?.classList.toggle("irrelevant", idle);
    }
  }

  /* ---- sliders ---------------------------------------------------------------- */

  const sliding = (s) => Object.entries(s.meta.fields).filter(
    ([, field]) => field.slider && (field.kind === "integer" || field.kind === "real"));

  function nearest(ladder, value) {
    let best = 0;
    ladder.forEach((stop, i) => {
      if (Math.abs(stop - value) < Math.abs(ladder[best] - value)) best = i;
    });
    return best;
  }

  /* Where a slider stands when its box says `value`. */
  const position = (field, value) => (field.ladder ? nearest(field.ladder, value) : value);

  /* Where the sliders stand when the boxes say `params`. */
  function placed(s, params) {
    return Object.fromEntries(sliding(s).map(([name, field]) => [name, position(field, params[name])]));
  }

  /* What a slider at `at` puts into its box, which says `value`: that, if it is at this stop. */
  function stop(field, at, value) {
    if (field.ladder)
      return typeof value === "number" && nearest(field.ladder, value) === at ? value : field.ladder[at];
    const decimals = Math.max(0, Math.ceil(-Math.log10(field.step)));
    const target = Number(at.toFixed(decimals));
    return typeof value === "number" && Math.abs(target - value) < field.step / 2 ? value : target;
  }

  /* The values of the boxes whose sliders have been moved. */
  function slid(s, sliders, said) {
    const found = {};
    for (const [name, field] of sliding(s)) {
      const at = sliders[name].value;
      if (typeof at !== "number" || s.sliders[name] === at) continue;
      s.sliders[name] = at;
      const target = stop(field, at, said[name]);
      if (target !== said[name]) found[name] = target;
    }
    return found;
  }

  function moveSliders(s, params) {
    for (const [name, field] of sliding(s)) {
      const wanted = position(field, params[name]);
      if (s.sliders[name] === wanted) continue;
      s.sliders[name] = wanted;
      setProps(slider(s.page, name), { value: wanted });
    }
  }

  /* Keys the slider library leaves out. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    if (event.target.getAttribute("role") !== "slider") return;
    const root = event.target.closest("[id*='\"slider\"']");
    if (!root) return;
    const id = JSON.parse(root.id);
    const s = pages[id.page];
    const field = s.meta.fields[id.param];
    const sign = event.key === "PageUp" ? 1 : -1;
    event.preventDefault();
    event.stopPropagation();
    const at = s.sliders[id.param];
    if (field.ladder) {
      const leap = Math.max(1, Math.round(field.ladder.length / 10));
      setProps(id, { value: Math.min(field.ladder.length - 1, Math.max(0, at + sign * leap)) });
    } else {
      const leap = Math.max(field.step, (field.high - field.low) / 10);
      setProps(id, { value: Math.min(field.high, Math.max(field.low, at + sign * leap)) });
    }
  }, true);

  /* ---- what they are told ------------------------------------------------------ */

  /* Points travel as lists in parameters and as text in their box. */
  function spelled(value) {
    return Array.isArray(value) ? value.map((p) => p.join("~")).join("_") : value;
  }

  function put(s, values) {
    for (const [name, value] of Object.entries(values)) {
      const field = s.meta.fields[name];
      if (field) setProps(box(s.page, name), field.kind === "flag" ? { checked: value } : { value: spelled(value) });
    }
  }

  /* However many values, one request. */
  function write(s, values) {
    quietly(s, () => put(s, values));
    window.dow.gate(s);
  }

  window.dashMantineFunctions = Object.assign(window.dashMantineFunctions || {}, {
    ladder: (index, { ladder }) => ladder[Math.round(index)],
  });

  window.dow = { pages, setProps, listen, held, quietly, read, slid, check, showRelevant, placed, moveSliders, put, write };
})();
