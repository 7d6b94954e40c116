import assert from "node:assert/strict";
import type { Counted, View } from "../views/view.ts";
import { type Asked, leftOff } from "./asked.ts";
import { isChange, summaryOf } from "./tally.ts";

const view: View = {
  rows: () => [],
  columns: () => ({}),
  counted: (body) => (body as { counted: Counted[] }).counted,
  isFine: (body) => !("bad" in body),
};

const done = (cluster: string, ...states: string[]): Asked => ({
  cluster,
  input: {},
  answer: { status: 200, body: { counted: states.map((state) => ({ state })) } },
});

const failed = (cluster: string): Asked => ({
  cluster,
  input: {},
  answer: { status: 409, body: {} },
});

const left = (cluster: string, why: Parameters<typeof leftOff>[0]): Asked => ({
  cluster,
  input: {},
  ...leftOff(why),
});

const listed = (cluster: string, ...nouns: string[]): Asked => ({
  cluster,
  input: {},
  answer: { status: 200, body: { counted: nouns.map((noun) => ({ noun })) } },
});

const SUMMARIES: [what: string, asked: Asked[], summary: string][] = [
  [
    "all that was written",
    [done("a", "created", "created"), done("b", "unchanged", "created")],
    "2 clusters: 3 created, 1 unchanged",
  ],
  [
    "some that failed",
    [done("a", "unchanged"), failed("b"), failed("c")],
    "1 cluster: 1 unchanged; 2 failed",
  ],
  ["all that failed", [failed("b"), failed("c")], "2 clusters failed"],
  ["one that failed", [failed("b")], "1 cluster failed"],
  ["what was interrupted", [
    done("a", "created"),
    failed("b"),
    left("c", "not finished"),
    left("d", "not begun"),
    left("e", "unknown"),
  ], "1 cluster: 1 created; 1 failed; 1 not finished; 1 not begun; 1 unknown"],
  [
    "nothing but what was not begun",
    [left("c", "not begun"), left("d", "not begun")],
    "2 clusters not begun",
  ],
  [
    "a dry run",
    [done("a", "created (dry run)", "unchanged (dry run)")],
    "1 cluster: 1 created, 1 unchanged (dry run)",
  ],
  [
    "what was listed",
    [listed("a", "secret", "secret"), listed("b", "secret")],
    "2 clusters: 3 secrets",
  ],
  ["one that was listed", [listed("a", "secret"), listed("b")], "2 clusters: 1 secret"],
  ["nothing that is counted", [listed("a"), listed("b")], "2 clusters ok"],
  ["one cluster of which two things were asked, and one failed", [
    done("a", "deleted"),
    failed("a"),
    done("b", "deleted"),
  ], "1 cluster: 2 deleted; 1 failed"],
  ["an answer that tells of something wrong", [done("a", "created"), {
    cluster: "b",
    input: {},
    answer: { status: 200, body: { bad: true, counted: [] } },
  }], "1 cluster: 1 created; 1 failed"],
  ["an answer that cannot be counted", [{
    cluster: "b",
    input: {},
    answer: { status: 200, body: {} },
  }], "1 cluster ok"],
];

for (const [what, asked, summary] of SUMMARIES) {
  Deno.test(`a summary counts ${what}`, () => assert.equal(summaryOf(asked, view), summary));
}

Deno.test("only what is not as before is a change", () => {
  const states = ["created", "replaced", "deleted", "patched", "created (dry run)"];
  for (const state of states) assert.ok(isChange({ state }), state);
  for (const state of ["unchanged", "unchanged (dry run)", "not found", undefined]) {
    assert.ok(!isChange({ state }), `${state}`);
  }
});
