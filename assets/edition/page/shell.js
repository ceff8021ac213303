/* What is around every page: looks, navigation, links, and static markup with its formulas. */

import { meant } from "./arrival.js";
import { setProps, triggers } from "./dash.js";
import { element } from "./elements.js";
import { inside, prefix } from "./prefix.js";

// before anybody reads it
window.history.replaceState(window.history.state, "",
  prefix() + meant(inside(window.location.pathname), window.location.search) + window.location.hash);
const view = new URLSearchParams(window.location.search).get("view");
const root = document.documentElement;
// A link to the projector look is for this visit; a choice by hand is remembered.
root.dataset.look = view === "projector" ? "projector" : remembered() || "light";
if (view) root.dataset.view = view;
let settled = false, lent = null;

/* Where the edition is embedded, the browser may refuse it any storage. */
function remembered() {
  try {
    return window.localStorage.getItem("look");
  } catch {
    return null;
  }
}

function remember(choice) {
  try {
    window.localStorage.setItem("look", choice);
  } catch {
    // for this visit only
  }
}

/**
 * A look has been chosen; when the edition opens, the one it has is put into the control.
 * @param {string} choice
 * @param {Record<string, object>} themes
 * @returns {[string, string]} the look, and the colour scheme of the components
 */
export function look(choice, themes) {
  if (!settled) {
    settled = true;
    if (!themes[root.dataset.look]) root.dataset.look = "light";
    if (choice !== root.dataset.look) setProps("look-choice", { value: root.dataset.look });
  } else if (choice !== root.dataset.look) {
    root.dataset.look = choice;
    if (choice !== lent) remember(choice);
  }
  return [root.dataset.look, root.dataset.look === "dark" ? "dark" : "light"];
}

/**
 * Take a look for this visit: it is not remembered as a choice.
 * @param {string} choice
 * @returns {void}
 */
export function lend(choice) {
  lent = choice;
  if (choice !== root.dataset.look) setProps("look-choice", { value: choice });
}

/**
 * The navigation opens by its burger only, and closes with every page.
 * @param {boolean} opened
 * @param {string} _path
 * @param {object} navbar
 * @returns {[object, boolean]}
 */
export function navigation(opened, _path, navbar) {
  const open = triggers().some((one) => one.startsWith("burger")) && opened;
  root.dataset.navigation = open ? "open" : "closed";
  document.getElementById("burger")?.setAttribute("aria-expanded", String(open));
  return [{ ...navbar, collapsed: { desktop: !open, mobile: !open } }, open];
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || root.dataset.navigation !== "open") return;
  setProps("burger", { opened: false });
  document.getElementById("burger")?.focus();
});

/* ---- links change the page without loading it anew ----------------------------- */

/* A page that does not come, as the server is away: loading it shows what is wrong. */
const PATIENCE = 8000;
const heading = () => document.querySelector("#main h1")?.textContent;
let awaited;
function awaitPage(href) {
  const [path, before] = [window.location.pathname, heading()];
  const stays = () => window.location.pathname !== path && heading() === before;
  clearTimeout(awaited);
  awaited = setTimeout(() => { if (stays()) window.location.reload(); }, PATIENCE);
  fetch(href, { method: "HEAD" }).catch(() => { if (stays()) stay(); });
}

/* The address goes back to the page that is still there. */
function stay() {
  clearTimeout(awaited);
  window.history.back();
  document.querySelector(".mantine-AppShell-main").prepend(element("div", { id: "away", class: "notice", role: "alert" },
    element("p", {}, "The server does not answer. This is the page you had; try the link again.")));
}

/**
 * Go to another page, as a link does.
 * @param {string} href
 * @returns {void}
 */
export function visit(href) {
  document.getElementById("away")?.remove();
  awaitPage(href);
  // What dcc.Link does.
  window.history.pushState({}, "", href);
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  window.scrollTo(0, 0);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-link]");
  const other = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || other || event.defaultPrevented) return;
  event.preventDefault();
  visit(link.getAttribute("href"));
});

/* ---- static markup ------------------------------------------------------------- */

const MARKS = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const plain = (text) => text.replace(/&(lt|gt|amp);/g, (mark) => MARKS[mark]);

/* TeX between \( and \) as MathML, which the browser itself lays out. */
const typeset = (html) => html.replace(/\\\((.*?)\\\)/gs, (_, tex) => window.temml.renderToString(plain(tex)));

/**
 * The component that components/static.py names.
 * @param {{html: string}} props
 * @returns {object} a React element
 */
export function Static({ html }) {
  const { createElement, useMemo } = window.React;
  const markup = useMemo(() => ({ __html: typeset(html) }), [html]);
  return createElement("div", { className: "static", dangerouslySetInnerHTML: markup });
}
