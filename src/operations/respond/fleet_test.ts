import assert from "node:assert/strict";
import type { ClusterEntry } from "../fleet_answers.ts";
import { outcomeOf, summaryOf } from "./fleet.ts";

const LARGE = { secrets: ["x".repeat(1000)] };

const entry = (cluster: string, status_code: number, answer: object): ClusterEntry => ({
  ...{ cluster, status_code, answer: { ...LARGE, ...answer } },
  transport: "api",
  same_server_as: ["z"],
});

const FAILED = { code: "forbidden", message: "It may not" };
const NOT_BEGUN = { code: "not_begun", message: "It was skipped" };

const ROWS: [what: string, entries: ClusterEntry[], status: number, code?: string][] = [
  ["all succeed", [entry("a", 200, {}), entry("b", 200, {})], 200],
  ["some fail", [entry("a", 200, {}), entry("b", 403, FAILED)], 207],
  ["all fail alike", [entry("a", 403, FAILED), entry("b", 403, FAILED)], 403, "forbidden"],
  ["some were skipped", [entry("a", 503, NOT_BEGUN), entry("b", 403, FAILED)], 403, "forbidden"],
  ["all were skipped", [entry("a", 503, NOT_BEGUN), entry("b", 503, NOT_BEGUN)], 503, "not_begun"],
  [
    "all fail for different reasons",
    [entry("a", 403, FAILED), entry("b", 504, { code: "timeout" })],
    502,
    "clusters_failed",
  ],
];

for (const [what, entries, status, code] of ROWS) {
  Deno.test(`when ${what}, the overall status is ${status}, computed from a small part of each result`, () => {
    const summary = summaryOf(entries);
    assert.deepEqual([summary.status, summary.body.code], [status, code]);
    const kept = entries.map(outcomeOf);
    assert.deepEqual(summaryOf(kept), summary);
    assert.ok(JSON.stringify(kept).length < 300);
  });
}
