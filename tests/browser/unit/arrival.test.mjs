/* Addresses as they arrive. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { meant } from "../../../assets/edition/page/arrival.js";

test("an address that nobody has changed stays as it is", () => {
  for (const search of ["", "?width=3&depth=2", "?own=0%7E1&view=embed&b=width:4,arrows:1", "?b=default"])
    assert.equal(meant("/gp-limit", search), `/gp-limit${search}`);
  assert.equal(meant("/", "?"), "/");
});

test("slashes at the end, signs of HTML and what follows readers are taken away", () => {
  assert.equal(meant("/gp-limit/", "?width=3&amp;depth=2&amp;amp;seed=1"), "/gp-limit?width=3&depth=2&seed=1");
  assert.equal(meant("/gp-limit", "?fbclid=x&utm_source=a&width=3&utm_medium=b&gclid=c&mc_eid=d"), "/gp-limit?width=3");
  assert.equal(meant("/gp-limit", "?utmost=1"), "/gp-limit?utmost=1");
});

test("side B as it was once spelled is read, decoded once or twice", () => {
  const renewed = "/p?arrows=1&view=embed&b=width:4,arrows:0,own:0%7E1";
  assert.equal(meant("/p", "?arrows=1&view=embed&b=~width%3D4%26arrows%3D0%26own%3D0%257E1"), renewed);
  assert.equal(meant("/p", "?arrows=1&b=~width=4&arrows=0&own=0%7E1&view=embed"), renewed);
  assert.equal(meant("/p", "?b=~"), "/p?b=default");
  assert.equal(meant("/p", "?b=%7Ewidth%3D4"), "/p?b=width:4");
});
