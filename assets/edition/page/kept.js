/* What the server has said for good, as long as this page is open: the browser's own cache is a
   process away, which takes longer than to draw a figure. */

/* Characters, the newest answers of a lecture. */
const ROOM = 8e6;

/** Milliseconds within which a server answers that has time for what nobody has asked for yet. */
export const swift = { within: 200 };

/** @type {Map<string, string>} by address, the one used last at the end */
const kept = new Map();
let size = 0;

/** @type {Map<string, Promise<{text: string, status: number}>>} what is asked for ahead, and not there yet */
const coming = new Map();
let idle = true;

/**
 * The answer at an address, asked for where it is not kept. It is parsed anew for everybody, who may
 * change it.
 * @param {string} address
 * @returns {Promise<{answer: any, status: number}>}
 */
export async function said(address) {
  const known = kept.get(address);
  if (known !== undefined) {
    kept.delete(address);
    kept.set(address, known);
    return { answer: JSON.parse(known), status: 200 };
  }
  const { text, status } = await (coming.get(address) ?? asked(address));
  return { answer: JSON.parse(text), status };
}

/**
 * Ask for what may be wanted next, unless the server was slow to answer the last time.
 * @param {string} address
 * @returns {void}
 */
export function ahead(address) {
  if (!idle || kept.has(address) || coming.has(address)) return;
  const answer = asked(address, { priority: "low" });
  coming.set(address, answer);
  // whoever wants it hears why it does not come
  answer.catch(() => null).finally(() => coming.delete(address));
}

async function asked(address, options = {}) {
  const begun = performance.now();
  const response = await fetch(address, options).catch((error) => { idle = false; throw error; });
  const text = await response.text();
  idle = response.ok && performance.now() - begun < swift.within;
  if (response.ok && response.headers.get("cache-control")?.includes("immutable")) keep(address, text);
  return { text, status: response.status };
}

function keep(address, text) {
  if (!kept.has(address)) size += text.length;
  kept.set(address, text);
  for (const [oldest, its] of kept) {
    if (size <= ROOM) return;
    kept.delete(oldest);
    size -= its.length;
  }
}
