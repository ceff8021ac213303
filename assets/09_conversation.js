/* Conversations with the server: one question in flight, its answer, one batch more. What the server
   has forgotten is begun again, what is lost is told. Every page has one, and the ledger. */
(function () {
  "use strict";

  let counter = 0;

  /* The answer at an address. A refusal says why, in words; what says nothing is an error. An answer
     that is to be computed `afresh` is asked for under no digest: nobody has kept it. */
  async function answerAt(path, query, afresh = false) {
    const { digest } = document.documentElement.dataset;
    const response = await fetch(`/answer/${afresh ? "afresh" : digest}${path}${query ? `?${query}` : ""}`);
    const answer = await response.json();
    if (answer.problem === undefined) throw new Error(`${response.status} for ${path}`);
    // the code has been updated since this page was opened
    if (answer.digest !== digest) document.getElementById("newer").hidden = false;
    return answer;
  }

  /* `question(index, afresh)` asks for batch `index`, 0 being what needs none; `arrive(answer)` takes
     what it says, with `token` and `index` to tell it by, and calls `answered`; `lost(index, what)`
     hears of a question that has no answer, or none after `patience` ms. */
  const conversation = (ways) => ({
    ...ways, token: 0, index: 0, sentAt: 0, busy: false, playing: true, afresh: false, watcher: 0,
  });

  /* What is under way is no longer wanted. */
  function drop(c) {
    clearTimeout(c.watcher);
    Object.assign(c, { token: ++counter, index: 0, busy: false, afresh: false });
  }

  function begin(c) {
    drop(c);
    send(c, 0);
  }

  function send(c, index) {
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
    if (!answer.restart || c.afresh) {
      c.arrive(answer);
      return;
    }
    // What has been kept on the way is no use: the server has to draw the batches again.
    drop(c);
    c.afresh = true;
    send(c, 0);
  }

  function answered(c, answer) {
    if (answer.token !== c.token || answer.index !== c.index) return;
    clearTimeout(c.watcher);
    c.busy = false;
  }

  Object.assign(window.dow, { answerAt, conversation, drop, begin, send, answered });
})();
