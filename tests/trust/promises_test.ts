import assert from "node:assert/strict";
import { join } from "node:path";
import { declaredIn } from "./declared_tests.ts";

/** That each promise in SECURITY.md leads to the tests that hold it. */

const TEXT = await Deno.readTextFile(join(import.meta.dirname!, "..", "..", "SECURITY.md"));

/** What stands between a heading and the next. */
const PROMISES = /^## Promises\n([^]*?)^## /m.exec(TEXT)![1]!.split(/^(?=\d+\. )/m)
  .filter((item) => /^\d/.test(item));

const named = (item: string) =>
  [...item.matchAll(/^ +- `([^`]+)`: "([^"]+)"$/gm)].map(([, file, title]) => ({
    file: file!,
    title: title!,
  }));

const TRANSPORT = /^(kubectl|api): /;

const declared = await declaredIn(PROMISES.flatMap(named).map(({ file }) => file));

Deno.test("there are five promises", () => assert.equal(PROMISES.length, 5));

for (const promise of PROMISES) {
  const [first = ""] = promise.split("\n");
  Deno.test(`held by tests that are there: ${first}`, () => {
    const tests = named(promise);
    assert.ok(tests.length > 0);
    assert.equal(tests.length, promise.match(/^ +- /gm)?.length, "each is a file and a title");
    for (const { file, title } of tests) {
      const names = declared.get(file)!;
      assert.ok(names.some((name) => name.replace(TRANSPORT, "") === title), `${file}: ${title}`);
    }
  });
}
