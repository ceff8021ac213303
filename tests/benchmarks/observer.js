/* Notes when keys go down and when figures have been painted, on any page that has Plotly's. */
(() => {
  const bench = (window.bench = { key: 0, paints: [], heard: () => null });
  window.seen.saves = false;

  document.addEventListener("keydown", (event) => {
    bench.key = event.timeStamp;
    bench.paints = [];
  }, true);

  bench.figures = () => [...document.querySelectorAll(".js-plotly-plot")]
    .filter((gd) => gd.querySelector(".main-svg") && gd.getClientRects().length);

  /* A paint is the first frame after a figure's plotly_afterplot. */
  bench.watch = () => bench.figures().forEach((gd, graph) => {
    if (gd.bench || !gd.on) return;
    gd.bench = true;
    gd.on("plotly_afterplot", () => requestAnimationFrame(() => {
      const paint = { graph, at: performance.now(), data: gd.data };
      bench.paints.push(paint);
      bench.heard(paint);
    }));
  });

  /* Milliseconds from the key to the first paint of the last figure that it paints, when all have
     been painted, or, where some stay as they are, nothing has been for a while. Nothing looks
     meanwhile: a page that is asked again and again draws frames of its own. */
  bench.painted = (figures) => new Promise((done) => {
    const first = new Map();
    let rest = 0;
    const end = () => done(Math.max(...first.values()) - bench.key);
    bench.heard = ({ graph, at }) => {
      if (at <= bench.key || first.has(graph)) return;
      first.set(graph, at);
      clearTimeout(rest);
      if (first.size >= figures) end();
      else rest = setTimeout(end, 500);
    };
    bench.paints.forEach(bench.heard);
  });

  /* Counts the values that a slider passes; its thumb says each of them. */
  bench.count = (thumb) => {
    bench.values = 0;
    bench.counter?.disconnect();
    bench.counter = new MutationObserver((changes) => { bench.values += changes.length; });
    bench.counter.observe(thumb, { attributeFilter: ["aria-valuenow"] });
  };

  /* How many drawings of the first figure have been painted, each for numbers of its own. */
  bench.drawings = () =>
    new Set(bench.paints.filter((paint) => paint.graph === 0).map((paint) => paint.data)).size;
})();
