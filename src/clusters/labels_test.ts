import assert from "node:assert/strict";
import { LabelsInvalid, parseLabels } from "./labels.ts";

const READ: [what: string, text: string, labels: Record<string, Record<string, string>>][] = [
  ["a line per cluster", "prod-eu: {env: prod, region: eu}\ndev: {env: dev}", {
    "prod-eu": { env: "prod", region: "eu" },
    dev: { env: "dev" },
  }],
  ["a block per cluster", "prod-eu:\n  env: prod\n  example.com/tier: gold\n", {
    "prod-eu": { env: "prod", "example.com/tier": "gold" },
  }],
  ["values as they are spelled", "a: {b: 60, c: 2.50, d: true, e: n, f: 0x1F}", {
    a: { b: "60", c: "2.50", d: "true", e: "n", f: "0x1F" },
  }],
  ["quoted texts", `'a': {"b": 'c', d: "e"}`, { a: { b: "c", d: "e" } }],
  ["an empty value", "a: {b: , c: ''}", { a: { b: "", c: "" } }],
  ["a cluster without labels", "a:\nb: {}\nc: {d: e}", { b: {}, c: { d: "e" } }],
  ["line breaks of Windows", "a:\r\n  b: c\r\n", { a: { b: "c" } }],
  ["a document's start and end marks", "---\na: {b: c}\n...\n", { a: { b: "c" } }],
  ["names that objects have", "constructor: {toString: x}", { constructor: { toString: "x" } }],
  ["nothing", "", {}],
  ["comments alone", "# labels\n\n  # more\n", {}],
  ["an empty document", "---\n", {}],
];

for (const [what, text, labels] of READ) {
  Deno.test(`clusters' labels: ${what} is read`, () => {
    assert.deepEqual(Object.fromEntries(parseLabels(text)), labels);
  });
}

const REFUSED: [what: string, text: string, line: number | undefined, why: RegExp][] = [
  ["a list", "- a\n", 1, /lists are not allowed/],
  ["a text", "\nprod\n", 2, /the file must map clusters to labels/],
  ["a list of labels", "a: {b: c}\nd:\n  - e\n", 3, /lists are not allowed/],
  ["a text for labels", "a: prod", 1, /a cluster must have a mapping of labels/],
  ["labels in labels", "a:\n  b: {c: d}", 2, /a label's value must be a string/],
  ["an invalid cluster name", "a: {b: c}\n../d: {e: f}", 2, /invalid cluster name/],
  ["a merge key", "a: {b: c}\n<<: {d: {e: f}}", 2, /invalid cluster name/],
  ["an invalid label key", "a:\n  b c: d", 2, /invalid label key: name part must/],
  ["a key with an empty prefix", "a: {/b: c}", 1, /invalid label key: prefix part/],
  ["a key of two prefixes", "a: {b/c/d: e}", 1, /invalid label key/],
  ["a key that is too long", `a: {${"b".repeat(64)}: c}`, 1, /no more than 63/],
  ["__proto__", "a: {__proto__: b}", 1, /invalid label key/],
  ["an invalid label value", "a:\n  b: c d", 2, /invalid label value/],
  ["a value that is too long", `a: {b: ${"c".repeat(64)}}`, 1, /no more than 63/],
  ["null, which is not a string", "a: {b: ~}", 1, /invalid label value/],
  ["a cluster twice", "a: {b: c}\n\na: {d: e}", 3, /duplicate key/],
  ["a label twice", "a:\n  b: c\n  'b': d", 3, /duplicate key/],
  ["a key that is a mapping", "? {a: b}\n: {c: d}", 1, /a key must be a string/],
  ["an alias", "a: &x {b: c}\nd: *x", 1, /anchors \(&\) are not allowed/],
  ["a tag", "a: {b: !!str c}", 1, /tags \(!\) are not allowed/],
  ["two documents", "a: {b: c}\n---\nd: {e: f}", undefined, /more than one YAML document/],
  ["invalid YAML", "a: {b: c\nd: [", 2, /it is not valid YAML/],
  ["tabs for indentation", "a:\n\tb: c", 2, /it is not valid YAML/],
];

for (const [what, text, line, why] of REFUSED) {
  Deno.test(`clusters' labels: ${what} is rejected, with its line`, () => {
    assert.throws(() => parseLabels(text), (error) => {
      assert.ok(error instanceof LabelsInvalid);
      assert.match(error.why, why);
      assert.equal(error.line, line);
      return true;
    });
  });
}

const NAMED: [what: string, text: string][] = [
  ["a cluster twice", "secret-name: {a: b}\nsecret-name: {a: b}"],
  ["a text for labels", "secret-name: secret-name"],
  ["an invalid cluster name", "secret-name/: {a: b}"],
  ["an invalid label key", "a: {secret-name/: b}"],
  ["an invalid label value", "a: {secret-name: secret-name-}"],
  ["labels in labels", "a: {secret-name: {secret-name: b}}"],
  ["invalid YAML", "secret-name: {secret-name: [secret-name"],
  ["an alias", "a: &secret-name {b: c}\nd: *secret-name"],
];

for (const [what, text] of NAMED) {
  Deno.test(`clusters' labels: ${what} is rejected without quoting a name or a value of the file`, () => {
    assert.throws(() => parseLabels(text), ({ message }) => !message.includes("secret-name"));
  });
}

const ABOUT: [what: string, text: string, about: string][] = [
  ["a value", "closed: {env: a b}", "cluster 'closed', label 'env', value 'a b'"],
  [
    "a long value",
    `a: {b: ${"c".repeat(80)}}`,
    `cluster 'a', label 'b', value '${"c".repeat(70)}…'`,
  ],
  ["labels in labels", "a: {b: {c: d}}", "cluster 'a', label 'b'"],
  ["a key", "a: {b c: d}", "cluster 'a', label 'b c'"],
  ["a text for labels", "a: prod", "cluster 'a'"],
  ["an invalid cluster name", "a/b: {c: d}", "cluster 'a/b'"],
  ["a cluster twice", "a: {b: c}\na: {b: c}", "key 'a'"],
];

for (const [what, text, about] of ABOUT) {
  Deno.test(`clusters' labels: ${what} is named in the details for those who may see all clusters`, () => {
    assert.throws(() => parseLabels(text), { about });
  });
}

Deno.test("clusters' labels: the rule for a value is explained without a regular expression", () => {
  assert.throws(() => parseLabels("a: {b: c d}"), {
    message: "line 1: invalid label value: a valid label must be an empty string or consist of " +
      "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  });
});

Deno.test("clusters' labels: a file of a megabyte is read in linear time", () => {
  const text = Array.from({ length: 40_000 }, (_, i) => `cluster-${i}: {env: prod}`).join("\n");
  const began = performance.now();
  assert.equal(parseLabels(text).size, 40_000);
  assert.throws(() => parseLabels(`${text}\nlast: 1 2`), { line: 40_001 });
  assert.ok(performance.now() - began < 10_000);
});
