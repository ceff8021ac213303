/* The address holds what is not default; going back on a page moves its controls. */
(function () {
  "use strict";

  const { pages, holder, go } = window.dow;

  function address(s, query) {
    const kept = new URLSearchParams(window.location.search);
    const parts = ["view", "controls"].filter((w) => kept.has(w)).map((w) => `${w}=${kept.get(w).replace(/[%&#+]/g, encodeURIComponent)}`);
    if (s.beside) parts.push(`b=~${encodeURIComponent(s.beside.query)}`);
    if (query) parts.unshift(query);
    return s.meta.path + (parts.length ? "?" + parts.join("&") : "") + claimed(s);
  }

  /* The part of the address that names the claim whose numbers are above the figure. */
  function claimed(s) {
    return s.claim && s.answer?.checks[s.claim] ? `#claim-${s.claim}` : "";
  }

  function shown() {
    const { pathname, search, hash } = window.location;
    return pathname + search + hash;
  }

  function remember(s, query) {
    clearTimeout(s.writer);
    const entry = { ...window.history.state, dow: { page: s.page, params: s.params, pinned: s.pinned, claim: s.claim } };
    const put = (how) => {
      if (window.location.pathname === s.meta.path) window.history[how](entry, "", address(s, query));
    };
    if (!window.history.state?.dow) {
      // A page that has just been opened: what is done next can be undone by going back to it.
      put("replaceState");
    } else if (s.push && address(s, query) !== shown()) {
      s.push = false;
      put("pushState");
    } else {
      s.write = () => put("replaceState");
      s.writer = setTimeout(s.write, 250);
    }
  }

  /* The address holds all that a page that is loaded again shows: it must have followed. */
  document.addEventListener("click", (event) => {
    if (!event.target.closest("button[data-reload]")) return;
    for (const s of Object.values(pages)) s.write?.();
    window.location.reload();
  });

  /* Going back on one page only writes the controls; other ways the router lays a page out. */
  window.addEventListener("popstate", (event) => {
    const kept = event.state && event.state.dow;
    const s = kept && pages[kept.page];
    if (s && s.meta && holder(s)) {
      event.stopImmediatePropagation();
      s.claim = kept.claim;
      go(s, kept.params, kept.pinned);
      window.dow.tellChosen(s);
    }
  });

  Object.assign(window.dow, { claimed, remember });
})();
