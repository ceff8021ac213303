/* Runs before the page's own scripts: records questions, can hold their answers back, and
   notes when keys go down and when figures have been painted. */
(() => {
  const seen = (window.seen = { requests: [], ahead: [], open: 0, saves: true, most: 0, delay: 0, late: 0, key: 0, paints: [] });
  const fetched = window.fetch;

  // What is asked for ahead is counted apart; for who saves data, as most tests do, there is none.
  Object.defineProperty(navigator, "connection", { get: () => ({ saveData: seen.saves }) });

  // What the tests ask of the page's own modules, as they are.
  window.dow = { pages: {} };
  document.addEventListener("DOMContentLoaded", async () => {
    const entry = document.querySelector("script[type=module]");
    if (!entry) return;
    const load = (name) => import(new URL(name, entry.src));
    const names = ["page/state.js", "page/gate.js", "page/kept.js", "page/spelling.js", "page/answers.js", "figures/drawing.js"];
    const [nodal, ...others] = await Promise.all(["nodal/network.js", ...names].map(load));
    Object.assign(window.dow, ...others, { nodal });
  });

  window.fetch = async (url, options) => {
    const { pathname, searchParams } = new URL(url, window.location);
    if (!pathname.includes("/answer/")) return fetched(url, options);
    const { batch = 0, ...words } = Object.fromEntries(searchParams);
    const entry = { index: Number(batch), words, asked: performance.now() };
    const ahead = options?.priority === "low";
    const delay = ahead ? seen.late : seen.delay;
    (ahead ? seen.ahead : seen.requests).push(entry);
    if (!ahead) seen.most = Math.max(seen.most, ++seen.open);
    try {
      const answer = await fetched(url, options);
      if (delay) await new Promise((done) => setTimeout(done, delay));
      return answer;
    } finally {
      if (!ahead) seen.open--;
      entry.answered = performance.now();
    }
  };

  document.addEventListener("keydown", (event) => { seen.key = event.timeStamp; }, true);

  /* A paint is the first frame after a figure's plotly_afterplot; a figure may be painted more than
     once for an answer, whose token tells. */
  seen.watch = () => {
    document.querySelectorAll(".js-plotly-plot").forEach((gd, graph) => {
      if (gd.seen || !gd.on) return;
      gd.seen = true;
      gd.on("plotly_afterplot", () =>
        requestAnimationFrame(() => seen.paints.push({ graph, token: tokenOf(gd), at: performance.now() })));
    });
  };

  const tokenOf = (gd) => window.dow?.pages[gd.id.split("-graph-")[0]]?.answer?.token;

  /* How many answers the first figure has been painted for. */
  seen.answersPainted = () => new Set(seen.paints.filter((p) => p.graph === 0).map((p) => p.token)).size;

  /* Whether `page` shows the answer to what its controls now say. */
  seen.settled = (page) => {
    const s = window.dow && window.dow.pages[page];
    if (!s || !s.answer || s.answer.token !== s.token || s.typing || (s.busy && s.index === 0)) return false;
    const words = document.querySelector(".sentence")?.textContent.includes(" ");
    if (!words || !document.querySelector(".slot.drawn .main-svg")) return false;
    return Object.keys(s.meta.fields).every((name) => asked(s, name)) && (s.answer.problem || drawn(s));
  };

  /* Waits until that has been so for `still` ms; false where it is not within `limit` ms. */
  seen.rest = (page, still, limit) => new Promise((done) => {
    const begun = performance.now();
    let token = null, since = begun;
    const timer = setInterval(() => {
      const now = performance.now();
      const latest = window.dow?.pages[page]?.token;
      if (latest !== token) [token, since] = [latest, now];
      const resting = seen.settled(page) && now - since > still;
      if (!resting && now - begun < limit) return;
      clearInterval(timer);
      done(Boolean(resting));
    }, 25);
  });

  const part = (s, kind, name) =>
    document.getElementById(JSON.stringify({ kind, page: s.page, param: name }));

  function asked(s, name) {
    const field = s.meta.fields[name];
    const thumb = part(s, "slider", name)?.querySelector("[role=slider]");
    if (document.getElementById(`${s.page}-problem-${name}`)?.textContent) return true;
    const value = s.params[name];
    if (typeof value === "number" && Number(part(s, "box", name).value) !== value) return false;
    if (!thumb) return true;
    const near = (a, b) => Math.abs(a - b) <= Math.abs(field.step) / 2;
    const at = Number(thumb.getAttribute("aria-valuenow"));
    if (!field.ladder) return near(at, value);
    const gaps = field.ladder.map((stop) => Math.abs(stop - value));
    return field.ladder[gaps.indexOf(Math.min(...gaps))] === at;
  }

  // Long titles are broken into lines; a script of the figure may add to them.
  const words = (text) => text.replaceAll("<br>", " ");

  function drawn(s) {
    return s.items.every((item, slot) => {
      if (s.pending.has(slot)) return !window.dow.onScreen(s, slot, 200);
      const gd = window.dow.plotOf(s, slot);
      if (!gd || !gd.data || !gd._fullData || gd.data.length !== item.spec.data.length) return false;
      if (gd.dowMoving) return false;
      if (!words(gd.layout.title.text).startsWith(words(item.spec.layout.title.text))) return false;
      const played = new Set((item.frames?.traces || []).map((t) => `${t.index}${t.attribute}`));
      return item.spec.data.every((trace, i) => ["x", "y", "z"].every((axis) =>
        trace[axis]?.bdata === undefined || played.has(`${i}${axis}`) ||
        gd.data[i][axis].bdata === trace[axis].bdata));
    });
  }
})();
