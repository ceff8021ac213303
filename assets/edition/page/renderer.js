/* What the edition asks of Dash's renderer: to set properties, and what its components hold. */

/**
 * Tell a component something, as a callback would.
 * @param {string | object} id
 * @param {object} props
 * @returns {void}
 */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);

/**
 * What a callback returns that changes nothing.
 * @returns {unknown}
 */
export const unchanged = () => window.dash_clientside.no_update;

/**
 * The properties that have triggered the callback that runs, as "id.property"; none when a page opens.
 * @returns {string[]}
 */
export const triggers = () =>
  window.dash_clientside.callback_context.triggered.map((one) => one.prop_id);

/* The renderer's own store: a callback would hear of a change after some thirty dispatches of the
   renderer, a fifth of a slider's way to paint. */
let store = null;

/**
 * Call `changed` at every change of what is laid out. It is heard once, however often it is asked for.
 * @param {() => void} changed
 * @returns {void}
 */
export function listen(changed) {
  if (store) return;
  store = window.dash_stores[0];
  let { layout } = store.getState();
  store.subscribe(() => {
    const now = store.getState().layout;
    if (now === layout) return;
    layout = now;
    changed();
  });
}

/**
 * The properties of a page's boxes and sliders, by the names of their fields.
 * @param {string} page
 * @param {number} visit the visit that the page has been laid out for
 * @returns {{box: Record<string, any>, slider: Record<string, any>} | null} null where it is not the one laid out
 */
export function held(page, visit) {
  const { layout, paths } = store.getState();
  const at = (path) => path.reduce((node, key) => node?.[key], layout)?.props;
  const meta = paths.strs[`${page}-meta`];
  if (!meta || at(meta)?.data?.visit !== visit) return null;
  const found = { box: {}, slider: {} };
  for (const { values: [kind, of, name], path } of paths.objs["kind,page,param"])
    if (of === page) found[kind][name] = at(path);
  return found;
}
