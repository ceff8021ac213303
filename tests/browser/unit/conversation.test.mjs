/* One question in flight, its answer, one batch more. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { answered, begin, conversation, drop, send } from "../../../assets/edition/page/conversation.js";

/* A conversation whose questions are answered by hand: [index, afresh, answer, fail] each. */
function talk(patience) {
  const heard = { asked: [], arrived: [], lost: [] };
  const c = conversation({
    patience,
    question: (index, afresh) => new Promise((answer, fail) => { heard.asked.push({ index, afresh, answer, fail }); }),
    arrive: (answer) => { heard.arrived.push(answer); answered(c, answer); },
    lost: (index, what) => heard.lost.push([index, what]),
  });
  return { c, heard };
}

const settle = () => new Promise((done) => { setImmediate(done); });

test("an answer is told by its token and its batch, and no longer waited for", async () => {
  const { c, heard } = talk();
  begin(c);
  assert.ok(c.busy);
  heard.asked[0].answer({ problem: null, text: "first" });
  await settle();
  assert.deepEqual(heard.arrived, [{ problem: null, text: "first", token: c.token, index: 0 }]);
  assert.ok(!c.busy);
  send(c, 3);
  assert.ok(c.busy);
  heard.asked[1].answer({ problem: null });
  await settle();
  assert.equal(heard.arrived[1].index, 3);
});

test("an answer that is no longer wanted is dropped", async () => {
  const { c, heard } = talk();
  begin(c);
  begin(c);
  heard.asked[0].answer({ problem: null, text: "old" });
  await settle();
  assert.deepEqual(heard.arrived, []);
  assert.ok(c.busy);
  heard.asked[1].answer({ problem: null, text: "new" });
  await settle();
  assert.deepEqual(heard.arrived.map((answer) => answer.text), ["new"]);
  begin(c);
  drop(c);
  heard.asked[2].answer({ problem: null, text: "dropped" });
  await settle();
  assert.equal(heard.arrived.length, 1);
});

test("what is asked too often is told and asked again when the server has said, unless it is not wanted", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { c, heard } = talk();
  const told = [];
  c.told = (problem) => told.push(problem.text);
  begin(c);
  heard.asked[0].answer({ problem: { text: "too much" }, wait: 7 });
  await settle();
  assert.deepEqual([heard.arrived, told, c.busy], [[], ["too much"], true]);
  mock.timers.tick(6900);
  assert.equal(heard.asked.length, 1);
  mock.timers.tick(1200);
  assert.equal(heard.asked.length, 2);
  heard.asked[1].answer({ problem: { text: "too much" }, wait: 7 });
  await settle();
  drop(c);
  mock.timers.tick(9000);
  assert.equal(heard.asked.length, 2);
  mock.timers.reset();
});

test("what the server has forgotten is begun again, once", async () => {
  const { c, heard } = talk();
  begin(c);
  send(c, 5);
  heard.asked[1].answer({ problem: { text: "forgotten" }, restart: true });
  await settle();
  assert.deepEqual(heard.asked.map(({ index, afresh }) => [index, afresh]), [[0, false], [5, false], [0, true]]);
  assert.deepEqual(heard.arrived, []);
  heard.asked[2].answer({ problem: { text: "again" }, restart: true });
  await settle();
  assert.equal(heard.arrived.length, 1, "a second time it is told");
  begin(c);
  assert.ok(!c.afresh);
});

test("a question without an answer is lost, and may be asked again", async () => {
  const { c, heard } = talk();
  begin(c);
  heard.asked[0].fail(new Error("no server"));
  await settle();
  assert.deepEqual(heard.lost, [[0, "could not answer"]]);
  assert.ok(!c.busy);
});

test("patience is for first answers", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const { c, heard } = talk(4000);
  begin(c);
  mock.timers.tick(3999);
  assert.deepEqual(heard.lost, []);
  mock.timers.tick(1);
  assert.deepEqual(heard.lost, [[0, "has not answered"]]);
  send(c, 1);
  mock.timers.tick(60000);
  assert.equal(heard.lost.length, 1);
  begin(c);
  drop(c);
  mock.timers.tick(60000);
  assert.equal(heard.lost.length, 1, "nobody waits for what was dropped");
});
