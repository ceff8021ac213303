/* What the server has said for good is asked for once, and never lent to two. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, said } from "../../../assets/edition/page/kept.js";

const FOR_GOOD = "public, max-age=31536000, immutable";

/* A server that answers every address with its length and counts who asks. */
function serve(cacheControl, { status = 200, length = 0 } = {}) {
  const asked = [];
  globalThis.fetch = (address) => {
    asked.push(address);
    const body = JSON.stringify({ problem: null, of: address, filling: "x".repeat(length) });
    return Promise.resolve(new Response(body, { status, headers: { "cache-control": cacheControl } }));
  };
  return asked;
}

/* One after the other; the answers. */
const inTurn = (addresses) => addresses.reduce(
  async (before, address) => [...await before, await said(address)], Promise.resolve([]),
);

test("an answer for good is asked for once, and each asker may change it", async () => {
  const asked = serve(FOR_GOOD);
  const first = await said("/a");
  first.answer.problem = "changed";
  assert.deepEqual(await said("/a"), { answer: { problem: null, of: "/a", filling: "" }, status: 200 });
  assert.deepEqual(asked, ["/a"]);
});

const refusals = [["/b", "no-store", 200], ["/c", FOR_GOOD, 429], ["/d", "", 200]];
for (const [address, control, status] of refusals)
  test(`what is ${status} and "${control}" is asked for again`, async () => {
    const asked = serve(control, { status });
    assert.deepEqual((await inTurn([address, address])).map((one) => one.status), [status, status]);
    assert.equal(asked.length, 2);
  });

test("there is room for the newest: what was used longest ago goes first", async () => {
  const asked = serve(FOR_GOOD, { length: 3e6 });
  await inTurn(["/1", "/2", "/1", "/3", "/1", "/2"]);
  assert.deepEqual(asked, ["/1", "/2", "/3", "/2"]);
});

test("what is asked for ahead is asked for once, whether it has come or not", async () => {
  const asked = serve(FOR_GOOD);
  ahead("/e");
  ahead("/e");
  assert.equal((await said("/e")).answer.of, "/e");
  ahead("/e");
  assert.equal((await said("/e")).answer.of, "/e");
  assert.deepEqual(asked, ["/e"]);
});

test("what is refused ahead is asked for when it is wanted, and no more ahead", async () => {
  const asked = serve("no-store", { status: 429 });
  ahead("/f");
  assert.equal((await said("/f")).status, 429, "by who waits for the same");
  assert.equal((await said("/f")).status, 429);
  ahead("/g");
  assert.deepEqual(asked, ["/f", "/f"]);
});

test("a server that was slow, or is away, is asked for nothing ahead until it is quick again", async (context) => {
  serve(FOR_GOOD);
  await said("/h");
  let now = 0;
  context.mock.method(performance, "now", () => (now += 300));
  await said("/i");
  context.mock.restoreAll();
  const asked = serve(FOR_GOOD);
  ahead("/j");
  assert.deepEqual(asked, []);
  await said("/k");
  ahead("/j");
  assert.deepEqual(asked, ["/k", "/j"]);
  await said("/j");
  globalThis.fetch = () => Promise.reject(new Error("away"));
  ahead("/l");
  await assert.rejects(said("/l"));
  await assert.rejects(said("/m"));
  const later = serve(FOR_GOOD);
  ahead("/n");
  assert.deepEqual(later, []);
});
