/* Static markup as one node: its formulas, and its links, which change the page without loading it
   anew. */
(function () {
  "use strict";

  const MARKS = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  const plain = (text) => text.replace(/&(lt|gt|amp);/g, (mark) => MARKS[mark]);

  /* TeX between \( and \) as MathML, which the browser itself lays out. */
  const typeset = (html) => html.replace(/\\\((.*?)\\\)/gs, (_, tex) => window.temml.renderToString(plain(tex)));

  function Static({ html }) {
    const { createElement, useMemo } = window.React;
    const markup = useMemo(() => ({ __html: typeset(html) }), [html]);
    return createElement("div", { className: "static", dangerouslySetInnerHTML: markup });
  }

  window.edition = { Static };

  /* A page that does not come, as the server is away: loading it shows what is wrong. */
  const PATIENCE = 8000;
  const heading = () => document.querySelector("#main h1")?.textContent;
  let awaited;
  function awaitPage() {
    const [path, before] = [window.location.pathname, heading()];
    clearTimeout(awaited);
    awaited = setTimeout(() => {
      if (window.location.pathname !== path && heading() === before) window.location.reload();
    }, PATIENCE);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-link]");
    const other = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || other || event.defaultPrevented) return;
    event.preventDefault();
    awaitPage();
    // What dcc.Link does.
    window.history.pushState({}, "", link.getAttribute("href"));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    window.scrollTo(0, 0);
  });
})();
