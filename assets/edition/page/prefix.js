/* Where the edition is mounted. */

/**
 * The path under which the server answers, as "/dl-theory"; "" at the root of its host.
 * @returns {string}
 */
export const prefix = () => document.documentElement.dataset.prefix;
