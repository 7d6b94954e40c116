import assert from "node:assert/strict";
import type { Counted, View } from "../views/view.ts";
import { interruptedAs, type JobResult } from "./job.ts";
import { clusterSummary, isChange } from "./tally.ts";

const view: View = {
  rows: () => [],
  columns: () => ({}),
  counted: (body) => (body as { counted: Counted[] }).counted,
  isOk: (body) => !("bad" in body),
};

const done = (cluster: string, ...states: string[]): JobResult => ({
  cluster,
  input: {},
  answer: { status: 200, body: { counted: states.map((state) => ({ state })) } },
});

const failed = (cluster: string): JobResult => ({
  cluster,
  input: {},
  answer: { status: 409, body: {} },
});

const interrupted = (cluster: string, why: Parameters<typeof interruptedAs>[0]): JobResult => ({
  cluster,
  input: {},
  ...interruptedAs(why),
});

const listed = (cluster: string, ...nouns: string[]): JobResult => ({
  cluster,
  input: {},
  answer: { status: 200, body: { counted: nouns.map((noun) => ({ noun })) } },
});

const SUMMARIES: [what: string, results: JobResult[], summary: string][] = [
  [
    "all written objects",
    [done("a", "created", "created"), done("b", "unchanged", "created")],
    "2 clusters: 3 created, 1 unchanged",
  ],
  [
    "some failures",
    [done("a", "unchanged"), failed("b"), failed("c")],
    "1 cluster: 1 unchanged; 2 failed",
  ],
  ["failures only", [failed("b"), failed("c")], "2 clusters failed"],
  ["one failure", [failed("b")], "1 cluster failed"],
  ["interrupted clusters", [
    done("a", "created"),
    failed("b"),
    interrupted("c", "not finished"),
    interrupted("d", "skipped"),
    interrupted("e", "unknown"),
  ], "1 cluster: 1 created; 1 failed; 1 not finished; 1 skipped; 1 unknown"],
  [
    "skipped clusters only",
    [interrupted("c", "skipped"), interrupted("d", "skipped")],
    "2 clusters skipped",
  ],
  [
    "a dry run",
    [done("a", "created (dry run)", "unchanged (dry run)")],
    "1 cluster: 1 created, 1 unchanged (dry run)",
  ],
  [
    "listed objects",
    [listed("a", "secret", "secret"), listed("b", "secret")],
    "2 clusters: 3 secrets",
  ],
  ["one listed object", [listed("a", "secret"), listed("b")], "2 clusters: 1 secret"],
  ["clusters without objects", [listed("a"), listed("b")], "2 clusters ok"],
  ["one cluster with two requests, of which one failed", [
    done("a", "deleted"),
    failed("a"),
    done("b", "deleted"),
  ], "1 cluster: 2 deleted; 1 failed"],
  ["a result with an error in it", [done("a", "created"), {
    cluster: "b",
    input: {},
    answer: { status: 200, body: { bad: true, counted: [] } },
  }], "1 cluster: 1 created; 1 failed"],
  ["a result that cannot be counted", [{
    cluster: "b",
    input: {},
    answer: { status: 200, body: {} },
  }], "1 cluster ok"],
];

for (const [what, results, summary] of SUMMARIES) {
  Deno.test(`a summary counts ${what}`, () => assert.equal(clusterSummary(results, view), summary));
}

Deno.test("unchanged objects do not count as changes", () => {
  const states = ["created", "replaced", "deleted", "patched", "created (dry run)"];
  for (const state of states) assert.ok(isChange({ state }), state);
  for (const state of ["unchanged", "unchanged (dry run)", "not found", undefined]) {
    assert.ok(!isChange({ state }), `${state}`);
  }
});
