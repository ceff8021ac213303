/* Sheets, the pages without figures: filters kept in the address, rows reached by the part of the
   address after #. */
(function () {
  "use strict";

  /* ---- rows by name ------------------------------------------------------------------ */

  function goTo() {
    const name = decodeURIComponent(window.location.hash.slice(1));
    const row = name && name !== "main" && document.getElementById(name);
    if (!row || !row.closest("#main")) return;
    for (const other of document.querySelectorAll("#main .here")) other.classList.remove("here");
    row.classList.add("here");
    row.scrollIntoView();
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

  window.dow.sheets = { goTo, rememberWords };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { sheets: { here } });
})();
