/* How the modules are written. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../../assets/edition/", import.meta.url);
const NAMES = readdirSync(ROOT, { recursive: true }).filter((name) => name.endsWith(".js"));
const TEXTS = new Map(NAMES.map((name) => [name, readFileSync(new URL(name, ROOT), "utf8")]));

test("whatever is exported says in types what it is", () => {
  assert.ok(NAMES.length > 20);
  for (const [name, text] of TEXTS) {
    assert.match(text, /^\/\*[^*]/, `${name} says what it holds`);
    for (const { index, 0: line } of text.matchAll(/^export .*$/gm)) {
      const before = text.slice(0, index).trimEnd();
      assert.ok(before.endsWith("*/"), `${name}: ${line}`);
      const comment = before.slice(before.lastIndexOf("/*"));
      assert.ok(comment.startsWith("/**"), `${name}: ${line}`);
      if (/=>|function/.test(line) && !/= new /.test(line)) assert.match(comment, /@returns \{/, `${name}: ${line}`);
    }
  }
});

test("nothing is put into the window but by the entry", () => {
  for (const [name, text] of TEXTS) {
    const put = [...text.matchAll(/window\.\w+ = (?!=)|Object\.assign\(window/g)].map((found) => found[0]);
    if (name === "main.js") assert.ok(put.length > 2);
    // plotly's two bundles have one name
    else assert.deepEqual(put, name === "nodal/dialog.js" ? ["window.Plotly = "] : [], name);
  }
});

test("what knows nothing of the document does not name it", () => {
  const pure = [...TEXTS].filter(([, text]) => /Knows\s+nothing\s+of\s+the\s+document/.test(text.slice(0, 300)));
  assert.ok(pure.length >= 8);
  for (const [name, text] of pure) {
    const code = text.replace(/\/\*.*?\*\/|\/\/.*/gs, "");
    assert.doesNotMatch(code, /\b(document|window\.|navigator|location)\b/, name);
  }
});
