/* The gate: controls in, one request in flight, answers out. */
(function () {
  "use strict";

  const {
    pages, held, settle, read, slid, check, showRelevant, placed, moveSliders, put, write, queryOf,
    answerAt, conversation, drop, begin, send,
  } = window.dow;
  const PATIENCE = 4000;

  function state(page) {
    if (pages[page]) return pages[page];
    const s = {
      ...conversation({
        patience: PATIENCE,
        question: (index, afresh) => question(s, index, afresh),
        arrive: (answer) => window.dow.arrive(s, answer),
        lost: (index, what) => lost(s, index, what),
      }),
      page, key: null, push: false, typing: 0, params: null, claim: null, answer: null, local: [], items: [], zoom: {},
      player: null, pending: new Set(), sliders: {},
    };
    pages[page] = s;
    return s;
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
    put(s, moved);
    if (whole) moveSliders(s, said);
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
    clearTimeout(s.typing);
    drop(s);
    Object.assign(s, { typing: 0, meta, playing: true, answer: null, shown: null, items: [], zoom: {},
      player: null, pinned: meta.pinned, params: meta.params, wanted: meta.params,
      sent: meta.params, local: meta.first.local || [], claim: /^#claim-(\w+)$/.exec(window.location.hash)?.[1] ?? null });
    settle(s);
    s.other = meta.pinned && { query: queryOf(s, meta.pinned), answer: Promise.resolve(meta.beside) };
    s.first = { ...compared(meta.first, meta.beside), token: s.token, index: 0 };
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
    begin(s);
  }

  /* Fields that the figures' own script shows have changed, if any. */
  function showLocal(s) {
    if (!s.local.some((name) => s.wanted[name] !== s.params[name])) return;
    s.params = s.wanted;
    if (s.answer) window.dow.showLocal(s);
  }

  /* An answer has been taken in: the newest setting next, or one batch more. */
  function goOn(s) {
    ask(s);
    next(s);
  }

  function keyOf(s, params) {
    const asked = Object.keys(s.meta.fields).filter((name) => !s.local.includes(name));
    return JSON.stringify([asked.map((name) => params[name]), s.pinned]);
  }

  function question(s, index, afresh) {
    s.sent = s.params;
    const query = queryOf(s, s.params);
    // A batch changes nothing on side B.
    if (index > 0) return answerAt(s.meta.path, `${query}${query && "&"}batch=${index}`, afresh);
    clearTimeout(s.dimmer);
    s.dimmer = setTimeout(() => dim(s, true), 300);
    const asked = { query, answer: answerAt(s.meta.path, query, afresh) };
    return Promise.all([asked.answer, sideB(s, asked)]).then(([a, b]) => compared(a, b));
  }

  /* The answer to what is pinned, asked for once, if it is not what is `asked` anyhow; null where
     nothing is pinned. */
  function sideB(s, asked) {
    if (!s.pinned) return null;
    const query = queryOf(s, s.pinned);
    if (s.other?.query !== query) {
      const other = query === asked.query ? asked : { query, answer: answerAt(s.meta.path, query) };
      s.other = other;
      other.answer.catch(() => { if (s.other === other) s.other = null; });
    }
    return s.other.answer;
  }

  /* The answer of side A with the figures and words of side B, if there is one. */
  function compared(a, b) {
    if (a.problem || !b) return { ...a, beside: null };
    if (b.problem) return { problem: { text: `Side B: ${b.problem.text}`, nearest: null } };
    const { query, sentence, figures } = b;
    return { ...a, beside: { query, sentence, figures: figures.map((f) => f.spec), extras: figures.map((f) => f.extra) } };
  }

  /* A question that failed, or has no answer after a while, is told, and the gate opens again. */
  function lost(s, index, what) {
    if (!holder(s)) return;
    dim(s, false);
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
    if (s.player) s.player.restart();
    begin(s);
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

  Object.assign(window.dow, { state, holder, gate, jump, go, again, dim, next, mount, goOn, keyOf, pauseLabel });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    dow: { draw: (...a) => window.dow.draw(...a) },
  });
})();
