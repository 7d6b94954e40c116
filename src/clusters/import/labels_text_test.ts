import assert from "node:assert/strict";
import fc from "fast-check";
import { LabelsInvalid, parseLabels } from "../labels.ts";
import { withLabels, withoutClusters } from "./labels_text.ts";

const SET: [sentence: string, before: string, after: string][] = [
  ["in an empty file", "", "prod: {env: prod}\n"],
  ["below comments", "# ours\n", "# ours\nprod: {env: prod}\n"],
  ["after others", "eu: {a: b} # c\n", "eu: {a: b} # c\nprod: {env: prod}\n"],
  ["without a last line break", "eu: {a: b}", "eu: {a: b}\nprod: {env: prod}\n"],
  ["beside existing ones", "prod: {a: b} # main\n", "prod: {a: b, env: prod} # main\n"],
  ["in place of another value", "prod: {env: dev}\n", "prod: {env: prod}\n"],
  ["for a cluster without a value", "prod:\neu: {a: b}\n", "prod: {env: prod}\neu: {a: b}\n"],
  ["for a cluster with an empty mapping", "prod: {}\n", "prod: {env: prod}\n"],
  [
    "in a block of lines",
    "# 1\nprod:\n  a: b\n  c: d\n\n# 2\neu:\n  a: b # 3\n",
    "# 1\nprod: {a: b, c: d, env: prod}\n\n# 2\neu:\n  a: b # 3\n",
  ],
  ["in brackets", "# head\n{eu: {a: b}}\n", "# head\neu: {a: b}\nprod: {env: prod}\n"],
  [
    "in brackets over several lines",
    "prod: {a: b,\n  c: d\n }\neu: {a: b}\n",
    "prod: {a: b, c: d, env: prod}\neu: {a: b}\n",
  ],
];

for (const [sentence, before, after] of SET) {
  Deno.test(`a label is set ${sentence}`, () => {
    assert.equal(withLabels(before, new Map([["prod", { env: "prod" }]])), after);
  });
}

Deno.test("labels that YAML would read as another type are quoted, and read back unchanged", () => {
  const labels = { yes: "on", n: "1.20", "example.com/x": "0x1f", empty: "", t: "2001-01-01" };
  const text = withLabels("", new Map([["1e3", labels]]));
  assert.deepEqual(parseLabels(text), new Map([["1e3", labels]]));
});

Deno.test("removing a cluster removes its lines only", () => {
  const text = "# 1\nprod:\n  a: b\n# 2\neu: {a: b} # 3\n";
  assert.equal(withoutClusters(text, ["prod"]), "# 1\n# 2\neu: {a: b} # 3\n");
  assert.equal(withoutClusters(text, ["eu"]), "# 1\nprod:\n  a: b\n# 2\n");
  assert.equal(withoutClusters(text, ["none"]), text);
  assert.equal(withoutClusters("{eu: {a: b}, prod: {}}\n", ["eu"]), "prod: {}\n");
  assert.equal(withoutClusters("{eu: {a: b}, prod: {}}\n", ["prod"]), "eu: {a: b}\n");
});

Deno.test("setting the labels of many clusters gives the same text as setting them one by one", () => {
  const text = "eu: {a: b} # main\n# end\n";
  const toSet = new Map<string, Record<string, string>>([["us", { env: "prod" }], ["eu", {
    env: "dev",
  }], ["asia", { x: "z" }]]);
  const oneByOne = [...toSet].reduce((so, each) => withLabels(so, new Map([each])), text);
  assert.equal(withLabels(text, toSet), oneByOne);
  assert.equal(
    oneByOne,
    "eu: {a: b, env: dev} # main\n# end\nus: {env: prod}\nasia: {x: z}\n",
  );
  assert.equal(withoutClusters(oneByOne, ["us", "none", "eu"]), "# end\nasia: {x: z}\n");
});

Deno.test("an invalid labels file is an error instead of being changed", () => {
  for (
    const text of ["prod: [1]\n", "prod: {a: b}\nprod: {}\n", "a: *b\n", "{", "--- {}\n--- {}\n"]
  ) {
    assert.throws(
      () => withLabels(text, new Map([["prod", { env: "prod" }]])),
      LabelsInvalid,
      text,
    );
    assert.throws(() => withoutClusters(text, ["prod"]), LabelsInvalid, text);
  }
});

Deno.test("after any sequence of changes, the text reads back as the wanted labels", () => {
  const names = fc.constantFrom("a", "prod", "1.0", "yes", "x_y");
  const values = fc.constantFrom("", "true", "1.20", "a-b", "0");
  const step = fc.record({
    cluster: names,
    labels: fc.option(fc.dictionary(fc.constantFrom("env", "a.b/c", "on", "12"), values)),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    let text = "# head\n";
    const wanted = new Map<string, Record<string, string>>();
    for (const { cluster, labels } of steps) {
      if (labels === null) {
        text = withoutClusters(text, [cluster]);
        wanted.delete(cluster);
      } else {
        text = withLabels(text, new Map([[cluster, labels]]));
        wanted.set(cluster, { ...wanted.get(cluster), ...labels });
      }
    }
    const full = (labels: ReadonlyMap<string, object>) =>
      Object.fromEntries(
        [...labels].filter(([, each]) => Object.keys(each).length > 0)
          .map(([name, each]) => [name, { ...each }]),
      );
    assert.deepEqual(full(parseLabels(text)), full(wanted));
    assert.ok(text.startsWith("# head\n"));
  }));
});
