/* Where the edition is mounted. */

/**
 * The path under which the server answers, as "/dl-theory"; "" at the root of its host.
 * @returns {string}
 */
export const prefix = () => document.documentElement.dataset.prefix;

/**
 * A path without the prefix, which it has unless somebody goes past the proxy.
 * @param {string} path
 * @returns {string}
 */
export const inside = (path) => (path.startsWith(prefix()) && path.slice(prefix().length)) || "/";

/**
 * Where this tab is, as the edition names its pages.
 * @returns {string} a path without the prefix
 */
export const here = () => inside(window.location.pathname);
