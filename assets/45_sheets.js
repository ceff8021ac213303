/* Sheets, the pages without figures: formulas typeset when near, filters kept in the address,
   rows reached by the part of the address after #. */
(function () {
  "use strict";

  /* ---- formulas ---------------------------------------------------------------------- */

  const queue = [];
  let working = null;

  /* The typesetting library comes with the first formula that React lays out: late, because it
     takes longer to load than a figure. */
  function library() {
    const since = performance.now();
    if (!window.MathJax)
      window.dash_clientside.set_props("typesetter", { children: { namespace: "dash_core_components",
        type: "Markdown", props: { children: "$\\;$", mathjax: true } } });
    return new Promise((resolve) => {
      (function look() {
        if (window.MathJax && window.MathJax.typeset) resolve(window.MathJax);
        else if (performance.now() - since > 15000) resolve(null);
        else setTimeout(look, 50);
      })();
    });
  }

  function typeset(row, mathjax) {
    const waiting = [...row.querySelectorAll(".tex:not(.set)")];
    if (waiting.length && mathjax) mathjax.typeset(waiting);
    for (const formula of waiting) {
      formula.classList.add("set");
      // A menu behind every formula would be hundreds of stops on the way of the Tab key.
      for (const made of formula.querySelectorAll("mjx-container")) made.removeAttribute("tabindex");
    }
  }

  /* One row at a time, so that the page answers in between. */
  async function work() {
    const mathjax = await library();
    while (queue.length) {
      const row = queue.shift();
      if (row.isConnected) typeset(row, mathjax);
      await new Promise((resolve) => setTimeout(resolve));
    }
    working = null;
  }

  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      queue.push(target);
    }
    if (queue.length) working ||= work();
  }, { rootMargin: "500px 0px" });

  function watch() {
    for (const row of document.querySelectorAll("#main [data-formulas]")) near.observe(row);
  }

  /* ---- rows by name ------------------------------------------------------------------ */

  async function goTo() {
    const name = decodeURIComponent(window.location.hash.slice(1));
    const row = name && name !== "main" && document.getElementById(name);
    if (!row || !row.closest("#main")) return;
    for (const other of document.querySelectorAll("#main .here")) other.classList.remove("here");
    row.classList.add("here");
    let moved = false;
    const note = () => { moved = true; };
    const events = ["wheel", "touchstart", "keydown", "pointerdown"];
    for (const name of events) window.addEventListener(name, note, { passive: true, once: true });
    row.scrollIntoView();
    // Formulas change the heights above the row: back to it, unless the reader has gone on.
    for (let i = 0; i < 3 && !moved; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await working;
      if (!moved) row.scrollIntoView();
    }
    for (const name of events) window.removeEventListener(name, note);
  }

  window.addEventListener("hashchange", goTo);

  /* ---- words of the address ---------------------------------------------------------- */

  /* Keep `words` in the address, without those that stand at `nothing`. */
  function rememberWords(words, nothing) {
    const kept = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(words)) {
      if (!value || value === nothing) kept.delete(name);
      else kept.set(name, value);
    }
    const { pathname, search, hash } = window.location;
    const query = kept.toString();
    const wanted = pathname + (query ? `?${query}` : "") + hash;
    if (wanted !== pathname + search + hash)
      window.history.replaceState(window.history.state, "", wanted);
  }

  /* ---- copies ------------------------------------------------------------------------ */

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy-from]");
    const source = button && document.getElementById(button.dataset.copyFrom);
    if (!source) return;
    // Without https there is no clipboard: the text is selected, ready for the keyboard.
    window.getSelection().selectAllChildren(source);
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = label; }, 1800);
  });

  /* A text in which the address of this server stands in the place of `{origin}`. */
  function here(text) {
    return text.replaceAll("{origin}", window.location.origin);
  }

  window.dow.sheets = { watch, goTo, rememberWords };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { sheets: { here } });
})();
