import assert from "node:assert/strict";
import type { Asked } from "./asked.ts";
import type { Selected, SelectionLimits } from "./choose_clusters.ts";
import { leftOf, overLimits } from "./look_limits.ts";
import type { Several } from "./plan.ts";

/** What a look before a deletion leaves to be done. */

const call = (selected: Selected & SelectionLimits): Several => ({
  kind: "several",
  job: { input: { name: "n" } },
  selected,
});

const answered = (cluster: string, status: number, body: object): Asked => ({
  cluster,
  input: { name: "n" },
  answer: { status, body: body as Record<string, unknown> },
});

/** Where something would be deleted, and where the look has failed. */
const there = (cluster: string) =>
  answered(cluster, 200, {
    cluster,
    deleted: [{ namespace: "a", name: "n", output: "secret/n deleted (dry run)" }],
  });
const failed = (cluster: string) => answered(cluster, 503, { message: "No answer" });

/** With another name of the same API server. */
const alias = (asked: Asked, name: string): Asked => ({ ...asked, sameServerAs: [name] });

const LOOKED: [
  what: string,
  limits: SelectionLimits,
  asked: readonly Asked[],
  /** Of the call that is left; `undefined` where nothing may be deleted any more. */
  left: object | undefined,
][] = [
  ["no limits", {}, [there("a"), failed("b"), there("c")], { clusters: ["a", "c"] }],
  [
    "as many failures as may be",
    { max_failures: 1 },
    [there("a"), failed("b")],
    { clusters: ["a"], max_failures: 0 },
  ],
  [
    "fewer failures than may be",
    { max_failures: 3 },
    [there("a"), failed("b")],
    { clusters: ["a"], max_failures: 2 },
  ],
  ["more failures than may be", { max_failures: 0 }, [there("a"), failed("b")], undefined],
  [
    "a failure of one that goes first",
    { first: ["b*"] },
    [there("a"), failed("b1"), there("b2")],
    undefined,
  ],
  [
    "a failure of another one",
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
    "one that goes first by another name of it",
    { first: ["b"] },
    [alias(there("a"), "b"), there("c")],
    { clusters: ["a", "c"], first: ["a"] },
  ],
  [
    "a failure of one that goes first by another name of it",
    { first: ["b"] },
    [alias(failed("a"), "b"), there("c")],
    undefined,
  ],
];

for (const [what, limits, asked, left] of LOOKED) {
  Deno.test(`after a look with ${what} ${left ? "the rest is deleted" : "nothing is deleted"}`, () => {
    const made = call({ clusters: ["*"], ...limits });
    const over = overLimits([{ call: made, asked }]);
    assert.equal(over === undefined, left !== undefined);
    if (left === undefined) {
      const states = over!.get(made)!.map((each) => each.left ?? each.answer!.status);
      assert.deepEqual(
        states,
        asked.map(({ answer }) => answer!.status === 200 ? "not begun" : 503),
      );
      return;
    }
    const isThere = (each: Asked) =>
      ((each.answer!.body.deleted ?? []) as readonly unknown[]).length > 0;
    const rest = leftOf(made, asked, isThere);
    assert.deepEqual((rest as Several).selected, left);
  });
}

Deno.test("what was selected by patterns and labels is deleted from by name, as it was looked at", () => {
  const selected = { clusters: ["*"], cluster_selector: "env=prod" };
  const asked = [there("a"), failed("b"), there("c")];
  const rest = leftOf(call(selected), asked, ({ cluster }) => cluster !== "b");
  assert.deepEqual((rest as Several).selected, { clusters: ["a", "c"] });
});

Deno.test("where nothing is left there is no call", () => {
  assert.equal(leftOf(call({ clusters: ["a"] }), [failed("a")], () => false), undefined);
});
