/* The gate: controls in, one request in flight, answers out. */
(function () {
  "use strict";

  const {
    pages, listen, held, quietly, read, slid, check, showRelevant, placed, moveSliders, put, write,
  } = window.dow;
  let counter = 0;

  function state(page) {
    return (pages[page] ||= {
      page, token: 0, index: 0, key: null, sentAt: 0, busy: false, playing: true, push: false, telling: false, typing: 0,
      params: null, claim: null, answer: null, local: [], items: [], zoom: {}, player: null, pending: new Set(), sliders: {},
    });
  }

  /* What holds the page's figures; null once the page has been left. */
  const holder = (s) => document.getElementById(`${s.page}-slots`);

  /* ---- the gate -------------------------------------------------------------- */

  /* The controls have changed, perhaps. What they say is asked before boxes and sliders follow one
     another: the server works while they are drawn. `typedInto` is the box that has the cursor, if any. */
  function gate(s, typedInto) {
    const controls = held(s);
    if (!controls) return;
    const said = read(s, controls.box);
    const moved = slid(s, controls.slider, said);
    Object.assign(said, moved);
    const whole = check(s, said);
    clearTimeout(s.typing);
    s.typing = 0;
    // what is being typed is asked for when it stands for a moment: 9 is not meant on the way to 999
    if (whole && typedInto && !Object.keys(moved).length) s.typing = setTimeout(() => wanted(s, said), TYPING);
    else if (whole) wanted(s, said);
    quietly(s, () => {
      put(s, moved);
      if (whole) moveSliders(s, said);
    });
  }

  const TYPING = 300;
  function wanted(s, said) {
    s.typing = 0;
    s.wanted = said;
    showRelevant(s, said);
    ask(s);
  }

  /* A page that has just been laid out brings the answer to what its controls say. */
  function mount(s, meta) {
    if (s.meta && s.meta.visit === meta.visit) return;
    listen();
    clearTimeout(s.typing);
    Object.assign(s, { typing: 0, meta, token: meta.visit, busy: false, playing: true, answer: null, shown: null, items: [], zoom: {},
      player: null, index: 0, pinned: meta.pinned, params: meta.params, wanted: meta.params,
      sent: meta.params, local: meta.first.local || [], claim: /^#claim-(\w+)$/.exec(window.location.hash)?.[1] ?? null });
    s.sliders = placed(s, meta.params);
    s.key = keyOf(s, meta.params);
    s.pending.clear();
    // in a low window there is room for the figure or for the controls
    drawer(s, !window.matchMedia("(max-width: 900px) and (max-height: 500px)").matches);
  }

  /* Send what the controls say, unless it has been sent or another first answer is under way. */
  function ask(s) {
    const key = keyOf(s, s.wanted);
    if (key === s.key) return showLocal(s);
    // The first answer to a setting is worth waiting for; a running batch is not.
    if (s.busy && s.index === 0 && performance.now() - s.sentAt < 10000) return;
    s.key = key;
    s.params = s.wanted;
    s.token = ++counter;
    send(s, 0);
  }

  /* Fields that the figures' own script shows have changed, if any. */
  function showLocal(s) {
    if (!s.local.some((name) => s.wanted[name] !== s.params[name])) return;
    s.params = s.wanted;
    if (s.answer) window.dow.showLocal(s);
  }

  /* The answer that was waited for is here: the newest setting next, or one batch more. */
  function answered(s, answer) {
    if (answer.token === s.token && answer.index === s.index) s.busy = false;
    ask(s);
    next(s);
  }

  function keyOf(s, params) {
    const asked = Object.keys(s.meta.fields).filter((name) => !s.local.includes(name));
    return JSON.stringify([asked.map((name) => params[name]), s.pinned]);
  }

  function send(s, index) {
    s.index = index;
    s.sent = s.params;
    s.sentAt = performance.now();
    s.busy = true;
    const { token } = s;
    const lost = (what) => () => unanswered(s, token, index, what);
    call(s.page, { token, index, params: s.params, pinned: s.pinned })
      .then((answer) => window.dow.arrive(s, answer), lost("could not answer"));
    clearTimeout(s.watcher);
    if (index === 0) {
      s.watcher = setTimeout(lost("has not answered"), PATIENCE);
      clearTimeout(s.dimmer);
      s.dimmer = setTimeout(() => dim(s, true), 300);
    }
  }

  /* The page's callback, asked as the renderer asks it, but without its bookkeeping: that takes
     longer than most answers, for every component of the page hears of each of its steps. */
  async function call(page, request) {
    const config = JSON.parse(document.getElementById("_dash-config").textContent);
    const body = {
      output: `${page}-answer.data`,
      outputs: { id: `${page}-answer`, property: "data" },
      inputs: [{ id: `${page}-request`, property: "data", value: request }],
      changedPropIds: [`${page}-request.data`],
    };
    const response = await fetch(`${config.requests_pathname_prefix}_dash-update-component`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${response.status} for ${page}`);
    return (await response.json()).response[`${page}-answer`].data;
  }

  /* A request that failed, or has no answer after a while, is told, and the gate opens again. */
  const PATIENCE = 4000;
  function unanswered(s, token, index, what) {
    if (s.token !== token || s.index !== index || !s.busy || !holder(s)) return;
    clearTimeout(s.watcher);
    dim(s, false);
    s.busy = false;
    if (index > 0) {
      s.index = s.answer.index;
      s.playing = false;
      pauseLabel(s);
    }
    const again = index > 0 ? "The sample has stopped: press Continue."
      : "The figure shows the last setting it answered; change a control to ask again.";
    window.dow.problem(s, { text: `The server ${what}. ${again}` });
    ask(s);
  }

  function dim(s, on) {
    clearTimeout(s.dimmer);
    holder(s)?.classList.toggle("waiting", on);
  }

  /* Ask for the batch after the one that has arrived; the first one, when the controls rest. */
  const REST = 250;
  function next(s) {
    const a = s.answer;
    clearTimeout(s.resting);
    if (s.busy || !s.playing || !a || !a.sampling || a.token !== s.token || a.index !== s.index) return;
    if (a.index >= a.sampling.total || document.hidden) return;
    const token = s.token;
    const more = () => {
      if (token === s.token && s.playing && !s.busy) send(s, a.index + 1);
    };
    if (a.index === 0) s.resting = setTimeout(more, REST);
    else requestAnimationFrame(more);
  }

  function again(s) {
    s.token = ++counter;
    if (s.player) s.player.restart();
    send(s, 0);
  }

  /* ---- writing the controls -------------------------------------------------- */

  /* A step that going back undoes: other values, and another side B where one is given. */
  function jump(s, values, pinned = s.pinned) {
    s.push = true;
    clearTimeout(s.pushing);
    s.pushing = setTimeout(() => { s.push = false; }, 3000);
    go(s, values, pinned);
  }

  function go(s, values, pinned) {
    s.pinned = pinned;
    write(s, values);
    ask(s);
  }

  function defaults(s) {
    return Object.fromEntries(Object.entries(s.meta.fields).map(([n, f]) => [n, f.default]));
  }

  /* ---- buttons --------------------------------------------------------------- */

  const actions = {
    reset: (s) => jump(s, defaults(s), null),
    pin: (s) => jump(s, {}, s.params),
    unpin: (s) => jump(s, {}, null),
    swap: (s) => s.pinned && jump(s, s.pinned, s.params),
    // after Stop, too: a new one is asked for
    sample: (s) => { s.playing = true; jump(s, { seed: Math.floor(Math.random() * 1000000) }); },
    replay: (s) => { s.playing = true; again(s); },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-page]");
    const s = button && pages[button.dataset.page];
    if (!s || !s.meta) return;
    const data = button.dataset;
    if (data.preset !== undefined || data.action === "reset") s.claim = null;
    if (data.drawer) drawer(s, document.getElementById(`${s.page}-rail`).classList.contains("closed"));
    else if (data.preset !== undefined) jump(s, s.meta.presets[Number(data.preset)]);
    else if (data.claim) {
      s.claim = data.claim;
      jump(s, s.meta.claims[data.claim]);
      window.dow.tellChosen(s);
      // the setting may have been this one already
      if (!s.busy && s.answer) window.dow.remember(s, s.answer.query);
      window.scrollTo({ top: 0 });
    } else if (data.action) actions[data.action](s);
    else if (button.id === `${s.page}-pause`) {
      s.playing = !s.playing;
      pauseLabel(s);
      next(s);
    } else if (button.id === `${s.page}-stop`) {
      s.playing = false;
      pauseLabel(s);
      again(s);
    }
  });

  /* On a phone the controls are a drawer. */
  function drawer(s, open) {
    document.getElementById(`${s.page}-rail`).classList.toggle("closed", !open);
    document.getElementById(`${s.page}-drawer`).setAttribute("aria-expanded", String(open));
  }

  function pauseLabel(s) {
    const button = document.getElementById(`${s.page}-pause`);
    const sampling = s.answer?.sampling;
    if (!button) return;
    button.textContent = s.playing ? "Pause" : "Continue";
    // nothing is left to pause
    button.hidden = Boolean(sampling && sampling.done >= sampling.total);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) Object.values(pages).forEach((s) => s.meta && next(s));
  });

  Object.assign(window.dow, { state, holder, gate, jump, go, again, dim, next, mount, answered, keyOf, pauseLabel });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    dow: { draw: (...a) => window.dow.draw(...a) },
  });
})();
