import { deepEqual } from "node:assert/strict";
import { missing, quotedIn, rowsOf, threatsWithoutTest } from "./check_quoted_tests.ts";

const read = (text: string) => (file: string) =>
  file === "src/a_test.ts" ? Promise.resolve(text) : Promise.reject(new Error("not there"));

Deno.test("a quoted test exists if its title, or a matching template, is in the file", async () => {
  const source = 'Deno.test("nothing is lost", f);\nDeno.test(`${what} is refused by ${who}`, f);';
  for (const title of ["nothing is lost", "a token is refused by the server"]) {
    const quoted = quotedIn("D.md", `- \`src/a_test.ts\`: "${title}"`);
    deepEqual(quoted, [{ at: "D.md:1", file: "src/a_test.ts", title }]);
    deepEqual(await missing(quoted, read(source)), []);
  }
});

Deno.test("a renamed test and a missing file are reported with their line", async () => {
  const text = 'first\n`src/a_test.ts`: "nothing is kept"; `src/b_test.ts`';
  deepEqual(await missing(quotedIn("D.md", text), read('"nothing is lost", `${a} is ${b}`')), [
    'D.md:2 quotes "nothing is kept", which is not in src/a_test.ts',
    "D.md:2 names src/b_test.ts, which does not exist",
  ]);
});

Deno.test("a template with hardly any text matches no title", async () => {
  const quoted = quotedIn("D.md", '`src/a_test.ts`: "anything"');
  deepEqual((await missing(quoted, read("`${way}: ${sentence}`"))).length, 1);
});

Deno.test("the rows of a table of tests give the names of tests", () => {
  const table = "| input or fault | expected | over | in |\n|---|---|---|---|\n" +
    "| a bad body | 400 | kubectl, api | `src/a_test.ts` |\n" +
    "| a crowd | nothing is lost | api | `tests/soak/soak_test.ts` |";
  deepEqual(rowsOf("T.md", table), [
    { at: "T.md:3", file: "src/a_test.ts", title: "a bad body: 400" },
    { at: "T.md:4", file: "tests/soak/soak_test.ts", title: "a crowd, nothing is lost" },
  ]);
});

Deno.test("a threat without a test is reported", () => {
  const table =
    "| threat | control | held by |\n|---|---|---|\n| a | b | `src/a_test.ts` |\n| c | d | |";
  deepEqual(threatsWithoutTest("D.md", table), ["D.md:4 names no test"]);
});
