/* The controls: what they say, and what they are told. */
(function () {
  "use strict";

  const pages = {};

  // Boxes and sliders that are laid out, by page, kind and field.
  const parts = {};

  /* A Mantine input that tells the gate itself what is done to it. The renderer need not hear of it:
     it would look at every component of the page before anybody else is told. */
  const heard = (type) => function Heard(props) {
    const { createElement, useLayoutEffect, useReducer, useRef } = window.React;
    const [, draw] = useReducer((n) => n + 1, 0);
    const part = useRef({ now: {} }).current;
    Object.assign(part, { props, draw });
    const { kind, page, param } = JSON.parse(props.id);
    useLayoutEffect(() => {
      const its = (parts[page] ||= { box: {}, slider: {} })[kind];
      its[param] = part;
      return () => { if (its[param] === part) delete its[param]; };
    }, [kind, page, param, part]);
    const setProps = (change) => said(page, part, change);
    return createElement(window.dash_mantine_components[type], { ...props, ...part.now, setProps });
  };

  for (const type of ["NumberInput", "SegmentedControl", "Select", "Slider", "Switch", "TextInput"])
    window.edition[type] = heard(type);

  function set(part, change) {
    Object.assign(part.now, change);
    part.draw();
  }

  /* A hand has changed an input. */
  function said(page, part, change) {
    set(part, change);
    const s = pages[page];
    if (!s?.meta || !("value" in change || "checked" in change)) return;
    window.dow.gate(s, document.activeElement?.closest(".control-box, .points-box"));
  }

  /* The properties of the page's boxes and sliders; null where it is not laid out. */
  function held(s) {
    const its = parts[s.page];
    if (!its || !Object.keys(s.meta.fields).every((name) => its.box[name])) return null;
    const of = (kind) => Object.fromEntries(
      Object.entries(its[kind]).map(([name, { props, now }]) => [name, { ...props, ...now }]));
    return { box: of("box"), slider: of("slider") };
  }

  /* A page that is laid out once more may find the inputs of its last visit. */
  function settle(s) {
    for (const its of Object.values(parts[s.page] || {}))
      for (const part of Object.values(its)) {
        if (part.visit && part.visit !== s.meta.visit) {
          part.now = {};
          part.draw();
        }
        part.visit = s.meta.visit;
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
      if (!field.shown_if_any.length && !field.shown_if_all.length) continue;
      const holds = ([name, values]) => values.includes(params[name]);
      const idle = !field.shown_if_all.every(holds) || (field.shown_if_any.length > 0 && !field.shown_if_any.some(holds));
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
      set(parts[s.page].slider[name], { value: wanted });
    }
  }

  /* Keys the slider library leaves out. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "PageUp" && event.key !== "PageDown") return;
    if (event.target.getAttribute("role") !== "slider") return;
    const root = event.target.closest("[id*='\"slider\"']");
    if (!root) return;
    const { page, param } = JSON.parse(root.id);
    const s = pages[page];
    const field = s.meta.fields[param];
    const sign = event.key === "PageUp" ? 1 : -1;
    event.preventDefault();
    event.stopPropagation();
    const at = s.sliders[param];
    const [low, high] = field.ladder ? [0, field.ladder.length - 1] : [field.low, field.high];
    const leap = field.ladder ? Math.max(1, Math.round(field.ladder.length / 10))
      : Math.max(field.step, (high - low) / 10);
    said(page, parts[page].slider[param], { value: Math.min(high, Math.max(low, at + sign * leap)) });
  }, true);

  /* ---- what they are told ------------------------------------------------------ */

  /* Points travel as lists in parameters and as text in their box. */
  const inBox = (value) => (Array.isArray(value) ? value.map((p) => p.join("~")).join("_") : value);

  function put(s, values) {
    const its = parts[s.page];
    for (const [name, value] of Object.entries(values)) {
      const field = s.meta.fields[name];
      if (field) set(its.box[name], field.kind === "flag" ? { checked: value } : { value: inBox(value) });
    }
  }

  /* However many values, one request. */
  function write(s, values) {
    put(s, values);
    window.dow.gate(s);
  }

  /* A value as the address spells it, and what of `params` is not default. */
  const spelled = (value) => (value === true ? "1" : value === false ? "0" : String(inBox(value)));

  function queryOf(s, params) {
    return Object.entries(s.meta.fields)
      .filter(([name, field]) => spelled(params[name]) !== spelled(field.default))
      .map(([name]) => `${name}=${encodeURIComponent(spelled(params[name]))}`).join("&");
  }

  window.dashMantineFunctions = Object.assign(window.dashMantineFunctions || {}, {
    ladder: (index, { ladder }) => ladder[Math.round(index)],
  });

  window.dow = { pages, held, settle, read, slid, check, showRelevant, placed, moveSliders, put, write, queryOf };
})();
