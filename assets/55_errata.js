/* The errata: rows by chapter and by text. */
(function () {
  "use strict";

  let texts = new WeakMap();

  /* What a row says, in small letters. */
  function textOf(row) {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  }

  function filter(chapter, find) {
    const words = (find || "").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    const rows = document.querySelectorAll("#main .erratum-row");
    for (const row of rows) {
      const text = textOf(row);
      row.hidden = !((chapter === "all" || row.dataset.chapter === chapter) &&
        words.every((word) => text.includes(word)));
      count += !row.hidden;
    }
    for (const group of document.querySelectorAll("#main .erratum-group"))
      group.hidden = !group.querySelector(".erratum-row:not([hidden])");
    const { sheets } = window.dow;
    if (!window.dash_clientside.callback_context.triggered.length) sheets.goTo();
    sheets.rememberWords({ chapter, find: (find || "").slice(0, 60) }, "all");
    return count === rows.length ? `${count} rows` : `${count} of ${rows.length} rows`;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { errata: { filter } });
})();
