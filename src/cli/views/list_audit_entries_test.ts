import assert from "node:assert/strict";
import { tableOf } from "../client/show_table.ts";
import { view } from "./list_audit_entries.ts";

/** The clusters of an entry in the table of `audit`. */
function clustersShown(entry: object, output: "table" | "wide"): Record<string, string> {
  const body = { entries: [{ phase: "end", time: "now", kind: "rotate", ...entry }], damaged: 0 };
  const { text } = tableOf([{
    cluster: undefined,
    input: {},
    answer: { status: 200, body: { ...body, total: 1, truncated: false } },
  }], { output, view, areSeveral: false, flags: {} });
  const [headings, cells] = text.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
  const all = headings!.map((heading, i) => [heading, cells![i]!] as const);
  return Object.fromEntries(all.filter(([heading]) => heading.startsWith("CLUSTER")));
}

const CASES: [what: string, entry: object, cluster: string, clusters: string][] = [
  ["one cluster", { cluster: "a" }, "a", "<none>"],
  ["three clusters", { clusters: ["a", "b", "c"] }, "a,b,c", "a,b,c"],
  ["four clusters", { clusters: ["a", "b", "c", "d"] }, "4 clusters", "a,b,c,d"],
  [
    "more clusters than the entry names",
    { clusters: ["a", "b"], more: { clusters: 7 } },
    "9 clusters",
    "a,b,and 7 more",
  ],
];

for (const [what, entry, cluster, clusters] of CASES) {
  Deno.test(`audit shows ${what} as '${cluster}', and all of them with -o wide`, () => {
    assert.deepEqual(clustersShown(entry, "table"), { CLUSTER: cluster });
    assert.deepEqual(clustersShown(entry, "wide"), { CLUSTER: cluster, CLUSTERS: clusters });
  });
}
