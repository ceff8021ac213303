/* Static markup as one node, and its links, which change the page without loading it anew. */
(function () {
  "use strict";

  window.edition = {
    Static: ({ html }) =>
      window.React.createElement("div", { className: "static", dangerouslySetInnerHTML: { __html: html } }),
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-link]");
    const other = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || other || event.defaultPrevented) return;
    event.preventDefault();
    // What dcc.Link does.
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });
})();
