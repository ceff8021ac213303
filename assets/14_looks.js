/* The look of the whole edition, and its navigation. */
(function () {
  "use strict";

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  const view = new URLSearchParams(window.location.search).get("view");
  const root = document.documentElement;
  // A link to the projector look is for this visit; a choice by hand is remembered.
  root.dataset.look = view === "projector" ? "projector" : remembered() || "light";
  if (view) root.dataset.view = view;
  let settled = false;

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

  function look(choice, themes) {
    if (!settled) {
      settled = true;
      if (!themes[root.dataset.look]) root.dataset.look = "light";
      if (choice !== root.dataset.look) setProps("look-choice", { value: root.dataset.look });
    } else if (choice !== root.dataset.look) {
      root.dataset.look = choice;
      remember(choice);
    }
    return [root.dataset.look, root.dataset.look === "dark" ? "dark" : "light"];
  }

  function navigation(opened, _path, navbar) {
    const context = window.dash_clientside.callback_context;
    const open = context.triggered.some((t) => t.prop_id.startsWith("burger")) && opened;
    root.dataset.navigation = open ? "open" : "closed";
    document.getElementById("burger")?.setAttribute("aria-expanded", String(open));
    return [{ ...navbar, collapsed: { desktop: !open, mobile: !open } }, open];
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || root.dataset.navigation !== "open") return;
    setProps("burger", { opened: false });
    document.getElementById("burger")?.focus();
  });

  Object.assign(window.dash_clientside.dow, { look, navigation });
})();
