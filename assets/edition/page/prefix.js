/* Where the edition is mounted. */

/**
 * The path under which the server answers, as "/dl-theory"; "" at the root of its host.
 * @returns {string}
 */
export const prefix = () => document.documentElement.dataset.prefix;

/**
 * Where this tab is, as the edition names its pages.
 * @returns {string} a path without the prefix
 */
export const here = () => window.location.pathname.slice(prefix().length) || "/";
