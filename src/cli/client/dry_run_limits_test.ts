import assert from "node:assert/strict";
import type { JobResult } from "./job.ts";
import type { Selected, SelectionLimits } from "./choose_clusters.ts";
import { overLimits, remainingCall } from "./dry_run_limits.ts";
import type { Several } from "./plan.ts";

/** What is deleted after the dry run of a deletion. */

const call = (selected: Selected & SelectionLimits): Several => ({
  kind: "several",
  job: { input: { name: "n" } },
  selected,
});

const answered = (cluster: string, status: number, body: object): JobResult => ({
  cluster,
  input: { name: "n" },
  answer: { status, body: body as Record<string, unknown> },
});

/** A cluster where something would be deleted, and one where the dry run failed. */
const there = (cluster: string) =>
  answered(cluster, 200, {
    cluster,
    deleted: [{ namespace: "a", name: "n", output: "secret/n deleted (dry run)" }],
  });
const failed = (cluster: string) => answered(cluster, 503, { message: "No answer" });

/** With another name of the same API server. */
const alias = (result: JobResult, name: string): JobResult => ({ ...result, sameServerAs: [name] });

const DRY_RUNS: [
  what: string,
  limits: SelectionLimits,
  results: readonly JobResult[],
  /** The selection of the remaining call; `undefined` when nothing may be deleted. */
  remaining: object | undefined,
][] = [
  ["no limits", {}, [there("a"), failed("b"), there("c")], { clusters: ["a", "c"] }],
  [
    "as many failures as allowed",
    { max_failures: 1 },
    [there("a"), failed("b")],
    { clusters: ["a"], max_failures: 0 },
  ],
  [
    "fewer failures than allowed",
    { max_failures: 3 },
    [there("a"), failed("b")],
    { clusters: ["a"], max_failures: 2 },
  ],
  ["more failures than allowed", { max_failures: 0 }, [there("a"), failed("b")], undefined],
  [
    "a failure of a cluster that goes first",
    { first: ["b*"] },
    [there("a"), failed("b1"), there("b2")],
    undefined,
  ],
  [
    "a failure of another cluster",
    { first: ["a*"] },
    [there("a1"), there("a2"), failed("b"), there("c")],
    { clusters: ["a1", "a2", "c"], first: ["a1", "a2"] },
  ],
  [
    "nothing in those that go first",
    { first: ["a"] },
    [answered("a", 200, { cluster: "a", deleted: [] }), there("c")],
    { clusters: ["c"] },
  ],
  [
    "a cluster that goes first under another name",
    { first: ["b"] },
    [alias(there("a"), "b"), there("c")],
    { clusters: ["a", "c"], first: ["a"] },
  ],
  [
    "a failure of a cluster that goes first under another name",
    { first: ["b"] },
    [alias(failed("a"), "b"), there("c")],
    undefined,
  ],
];

for (const [what, limits, results, remaining] of DRY_RUNS) {
  Deno.test(`after a dry run with ${what} ${remaining ? "the rest" : "nothing"} is deleted`, () => {
    const made = call({ clusters: ["*"], ...limits });
    const over = overLimits([{ call: made, results }]);
    assert.equal(over === undefined, remaining !== undefined);
    if (remaining === undefined) {
      const states = over!.get(made)!.map((each) => each.unfinished ?? each.answer!.status);
      assert.deepEqual(
        states,
        results.map(({ answer }) => answer!.status === 200 ? "skipped" : 503),
      );
      return;
    }
    const wouldDelete = (each: JobResult) =>
      ((each.answer!.body.deleted ?? []) as readonly unknown[]).length > 0;
    const rest = remainingCall(made, results, wouldDelete);
    assert.deepEqual((rest as Several).selected, remaining);
  });
}

Deno.test("clusters that patterns and labels select are named in the deletion", () => {
  const selected = { clusters: ["*"], cluster_selector: "env=prod" };
  const results = [there("a"), failed("b"), there("c")];
  const rest = remainingCall(call(selected), results, ({ cluster }) => cluster !== "b");
  assert.deepEqual((rest as Several).selected, { clusters: ["a", "c"] });
});

Deno.test("without a remaining cluster there is no call", () => {
  assert.equal(remainingCall(call({ clusters: ["a"] }), [failed("a")], () => false), undefined);
});
