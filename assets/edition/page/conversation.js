/* Conversations with the server: one question in flight, its answer, one batch more. What the server
   has forgotten is begun again, what is lost is told. Every page has one, and the ledger. */

/**
 * @typedef {object} Conversation
 * @property {(index: number, afresh: boolean) => Promise<any>} question Asks for batch `index`, 0 being what needs none.
 * @property {(answer: any) => void} arrive Takes an answer, with `token` and `index` to tell it by, and calls `answered`.
 * @property {(index: number, what: string) => void} lost Hears of a question that has no answer.
 * @property {(problem: any) => void} [told] Hears why the server lets it wait.
 * @property {number} [patience] Milliseconds after which the first answer is given up.
 * @property {number} token What is asked for; answers to anything else are dropped.
 * @property {number} index The batch that is asked for.
 * @property {number} sentAt
 * @property {boolean} busy
 * @property {boolean} playing Whether one batch is asked for after the other.
 * @property {boolean} afresh Whether the server is to compute what somebody may have kept.
 * @property {number} watcher
 */

import { ahead, said } from "./kept.js";
import { prefix } from "./prefix.js";

let counter = 0;

const addressOf = (path, query, digest) => `${prefix()}/answer/${digest}${path}${query ? `?${query}` : ""}`;

/**
 * Have an answer that may be wanted next asked for.
 * @param {string} path
 * @param {string} query
 * @returns {void}
 */
export const answerAhead = (path, query) => ahead(addressOf(path, query, document.documentElement.dataset.digest));

/**
 * The answer at an address. A refusal says why, in words; what says nothing is an error.
 * @param {string} path
 * @param {string} query
 * @param {boolean} [afresh] it is asked for under no digest: nobody has kept it
 * @returns {Promise<any>}
 */
export async function answerAt(path, query, afresh = false) {
  const { digest } = document.documentElement.dataset;
  const { answer, status } = await said(addressOf(path, query, afresh ? "afresh" : digest));
  if (answer.problem === undefined) throw new Error(`${status} for ${path}`);
  // the code has been updated since this page was opened
  if (answer.digest !== digest) document.getElementById("newer").hidden = false;
  return answer;
}

/**
 * A conversation in which nothing has been asked.
 * @param {Pick<Conversation, "question" | "arrive" | "lost" | "told" | "patience">} ways
 * @returns {Conversation}
 */
export const conversation = (ways) => ({
  ...ways, token: 0, index: 0, sentAt: 0, busy: false, playing: true, afresh: false, watcher: 0,
});

/**
 * What is under way is no longer wanted.
 * @param {Conversation} c
 * @returns {void}
 */
export function drop(c) {
  clearTimeout(c.watcher);
  Object.assign(c, { token: ++counter, index: 0, busy: false, afresh: false });
}

/**
 * Ask something else.
 * @param {Conversation} c
 * @returns {void}
 */
export function begin(c) {
  drop(c);
  send(c, 0);
}

/**
 * Ask for a batch.
 * @param {Conversation} c
 * @param {number} index
 * @returns {void}
 */
export function send(c, index) {
  const { token } = c;
  Object.assign(c, { index, busy: true, sentAt: performance.now() });
  const lost = (what) => () => {
    if (c.token !== token || c.index !== index || !c.busy) return;
    clearTimeout(c.watcher);
    c.busy = false;
    c.lost(index, what);
  };
  c.question(index, c.afresh).then((answer) => heard(c, { ...answer, token, index }), lost("could not answer"));
  clearTimeout(c.watcher);
  if (index === 0 && c.patience) c.watcher = setTimeout(lost("has not answered"), c.patience);
}

function heard(c, answer) {
  if (answer.token !== c.token) return;
  if (answer.wait) {
    wait(c, answer);
    return;
  }
  if (!answer.restart || c.afresh) {
    c.arrive(answer);
    return;
  }
  // What has been kept on the way is no use: the server has to draw the batches again.
  drop(c);
  c.afresh = true;
  send(c, 0);
}

/* More was asked than the server allows: it has said for how long. Not all come back at one moment. */
function wait(c, { token, index, problem, wait: seconds }) {
  clearTimeout(c.watcher);
  c.told?.(problem);
  c.watcher = setTimeout(() => { if (c.token === token) send(c, index); }, 1000 * (seconds + Math.random()));
}

/**
 * An answer has been taken: it is no longer waited for.
 * @param {Conversation} c
 * @param {{token: number, index: number}} answer
 * @returns {void}
 */
export function answered(c, answer) {
  if (answer.token !== c.token || answer.index !== c.index) return;
  clearTimeout(c.watcher);
  c.busy = false;
}
