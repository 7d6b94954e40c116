import assert from "node:assert/strict";
import { type Identity, includesRole, isClusterPattern, mayUseCluster } from "./rights.ts";

const roles = ["reader", "writer", "admin"] as const;

Deno.test("a role includes itself and those before it", () => {
  const included = roles.map((role) => roles.filter((needed) => includesRole(role, needed)));
  assert.deepEqual(included, [["reader"], ["reader", "writer"], ["reader", "writer", "admin"]]);
});

const forClusters = (...clusters: string[]): Identity => ({ name: "t", role: "admin", clusters });

const ROWS: [pattern: string, cluster: string, may: boolean][] = [
  ["prod", "prod", true],
  ["prod", "prod-a", false],
  ["prod", "Prod", false],
  ["prod-*", "prod-a", true],
  ["prod-*", "prod-", true],
  ["prod-*", "prod", false],
  ["prod-*", "a-prod-b", false],
  ["*-prod", "a-prod", true],
  ["*-prod", "a-prod-b", false],
  ["*", "anything", true],
  ["a*b*c", "abc", true],
  ["a*b*c", "a-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["ab*ba", "aba", false],
  ["a*a*a", "aa", false],
  ["a.c", "abc", false],
  ["**", "x", true],
];

for (const [pattern, cluster, may] of ROWS) {
  Deno.test(`a token for ${pattern} ${may ? "may" : "may not"} use ${cluster}`, () =>
    assert.equal(mayUseCluster(forClusters(pattern), cluster), may));
}

Deno.test("a token without clusters may use all, and one with several may use each of them", () => {
  assert.ok(mayUseCluster({ name: "t", role: "reader" }, "any"));
  assert.ok(mayUseCluster(forClusters("a", "b-*"), "b-1"));
  assert.ok(!mayUseCluster(forClusters("a", "b-*"), "c"));
});

Deno.test("a text that cannot be a cluster name is not a pattern", () => {
  for (const text of ["", "a b", "../x", "a/b", "a\n", "{a}"]) assert.ok(!isClusterPattern(text));
});
