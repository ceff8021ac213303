/* The address as it arrives, and as it was meant: mail, chat and mailing lists change links on their
   way. Knows nothing of the document. */

import { sideB } from "./spelling.js";

/* Words that others hang on a link to follow its readers. */
const FOLLOWERS = /^(utm_\w+|mc_[ce]id|mkt_tok|_hs\w+|(fb|g|d|tw|tt|y|ms)clid|[gw]braid|igshid?)$/;
const SHOWN = /^(view|controls)=/;

/**
 * The path and the query that are meant.
 * @param {string} path
 * @param {string} search with its question mark, if any
 * @returns {string}
 */
export function meant(path, search) {
  // "&amp;" is what stands in the source of a page or a mail
  const words = search.slice(1).replace(/&(amp;)+/g, "&").split("&")
    .filter((word) => word && !FOLLOWERS.test(word.split("=")[0]));
  const kept = renewed(words);
  return path.replace(/(?<=.)\/+$/, "") + (kept.length ? `?${kept.join("&")}` : "");
}

/* Side B was once a query of its own, last in the address: "b=~width%3D4%26arrows%3D1". Decoded
   once too often, its words stand where those of side A do. */
function renewed(words) {
  const at = words.findIndex((word) => /^b=(~|%7E)/i.test(word));
  if (at < 0) return words;
  const after = words.slice(at + 1);
  const own = words[at].replace(/^b=(~|%7E)/i, "").replace(/%(3D|26|25)/gi, decodeURIComponent);
  const beside = [own, ...after.filter((word) => !SHOWN.test(word))].filter(Boolean).join("&");
  return [...words.slice(0, at), ...after.filter((word) => SHOWN.test(word)), `b=${sideB(beside)}`];
}
