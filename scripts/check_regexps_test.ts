import assert from "node:assert/strict";
import { join } from "node:path";
import { complaints, MOST_REASONS, type Placed } from "./check_regexps.ts";
import { findRegexps } from "./regexps/find.ts";
import { judge, recall, RECHECK, remember } from "./regexps/judge.ts";

const placed = (source: string): Placed[] =>
  findRegexps(source).map((one) => ({ ...one, file: "src/a.ts" }));

const said = (source: string) => complaints(placed(source), (patterns) => judge(patterns));

Deno.test("an exponential or quadratic expression is rejected, with its line", async () => {
  const lines = await said('const a = 1;\nconst b = /^(a|a)*$/;\nx.replace(/ +$/, "");\n');
  assert.deepEqual(lines, [
    "src/a.ts:2 /^(a|a)*$/ is not linear: exponential",
    "src/a.ts:3 / +$/ is not linear: 2nd degree polynomial",
  ]);
});

Deno.test("the selector that once hung the server is rejected", async () => {
  const source = [
    "const key = String.raw`[a-z]([a-z.]{0,9}[a-z])?`;",
    "const value = `([a-z]{0,9})?`;",
    "const term = String.raw`\\s*${key}(\\s*=\\s*${value})?\\s*`;",
    "export const is = (text: string) => new RegExp(`^${term}(,${term})*$`).test(text);",
  ].join("\n");
  const [line, ...more] = await said(source);
  assert.match(line!, /^src\/a\.ts:4 .* is not linear: /);
  assert.deepEqual(more, []);
});

Deno.test("an expression that is linear or has no repetition is accepted", async () => {
  assert.deepEqual(await said("const a = /^[a-z]+$/; /a|b/.test(c); d.match(/x{2,5}/g);"), []);
});

Deno.test("an expression is found anywhere in the code, and not in strings and comments", () => {
  const source = [
    "// /(a+)+/",
    'const text = "/(b+)+/";',
    "const c = `${x.replace(/c+/gi, '')} /(d+)+/`;",
    'const e = new RegExp("e+", "u"), f = RegExp("f" + "+");',
    "const half = a / b / c;",
    "class G { static #g = /g+/; h(i = /h+/) { return i; } }",
  ].join("\n");
  assert.deepEqual(
    findRegexps(source).map(({ line, pattern, flags }) => [line, pattern, flags]),
    [[3, "c+", "gi"], [4, "e+", "u"], [4, "f+", ""], [6, "g+", ""], [6, "h+", ""]],
  );
});

Deno.test("an expression made from a text that is not constant needs a reason", async () => {
  const made = 'const made = (a: string) => new RegExp("^" + a);\n';
  assert.deepEqual(await said(made), [
    "src/a.ts:1 makes a regular expression of a text that is not constant",
  ]);
  assert.deepEqual(await said(`// regexp: a is one of our own words\n${made}`), []);
  assert.deepEqual(await said(`// regexp:\n${made}`), await said(`\n${made}`));
});

for (
  const source of [
    'const a = "x"; { const a = "(y+)+"; new RegExp(a); }',
    'const a = "x"; const f = (a: string) => new RegExp(a);',
    'const a = "x"; function f({ a }: { a: string }) { return new RegExp(a); }',
    'const a = "x"; { const { a } = b; new RegExp(a); }',
  ]
) {
  Deno.test(`a name that is bound twice has no known value: ${source}`, () => {
    assert.deepEqual(findRegexps(source).map(({ pattern }) => pattern), [undefined]);
  });
}

Deno.test("the number of reasons is limited", async () => {
  const one = "// regexp: only our own text\nuse(/^(a|a)*$/);\n";
  assert.deepEqual(await said(one.repeat(MOST_REASONS)), []);
  const [line] = await said(one.repeat(MOST_REASONS + 1));
  assert.match(line!, /^4 expressions have a reason, at most 3 may: src\/a\.ts:2, src\/a\.ts:4, /);
});

Deno.test("a verdict is cached, except an unknown one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "cache", "verdicts.json");
    assert.deepEqual(await recall(file), {});
    await remember(file, { "/a+/": "linear", "/b+/": "unknown (timeout)" });
    assert.deepEqual(await recall(file), { "/a+/": "linear" });
    // A cached verdict is trusted, and not computed again.
    const pattern = { pattern: "^(a|a)*$", flags: "" };
    const before = { "/^(a|a)*$/": "linear" };
    assert.deepEqual(await judge([pattern], before), before);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("verdicts belong to the version of recheck in deno.json", async () => {
  const config = JSON.parse(await Deno.readTextFile(join(import.meta.dirname!, "../deno.json")));
  assert.equal(config.imports.recheck, `npm:recheck@${RECHECK}`);
});
