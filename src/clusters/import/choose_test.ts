import assert from "node:assert/strict";
import { chooseContexts } from "./choose.ts";

const CONTEXTS = ["admin@prod", "dev", "prod-eu", "prod-test", "prod-us", "with,comma", "!odd"];

const ROWS: [given: string[], chosen: string[]][] = [
  [[], CONTEXTS],
  [["dev"], ["dev"]],
  [["prod-*"], ["prod-eu", "prod-test", "prod-us"]],
  [["prod-*,dev"], ["dev", "prod-eu", "prod-test", "prod-us"]],
  [["prod-*", "!*-test"], ["prod-eu", "prod-us"]],
  [["!*-test", "prod-*"], ["prod-eu", "prod-us"]],
  [["prod-*,!prod-test"], ["prod-eu", "prod-us"]],
  [["!prod-*"], ["admin@prod", "dev", "with,comma", "!odd"]],
  [["with,comma"], ["with,comma"]],
  [["!odd"], ["!odd"]],
  [["*", "!*"], []],
];

for (const [given, contexts] of ROWS) {
  Deno.test(`--context ${JSON.stringify(given)} chooses ${contexts.length} contexts`, () => {
    assert.deepEqual(chooseContexts(CONTEXTS, given), { contexts });
  });
}

for (const given of ["nope", "prod-*,nope", "!nope", "", "dev,", "!"]) {
  Deno.test(`--context '${given}' has a part that matches nothing`, () => {
    const unmatched = given.split(",").at(-1);
    assert.deepEqual(chooseContexts(CONTEXTS, [given]), { unmatched });
  });
}
