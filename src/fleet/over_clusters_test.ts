import assert from "node:assert/strict";
import { type Ended, overClusters, type OverClustersOptions } from "./over_clusters.ts";

/** Clusters that finish when the test says so. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const of = (cluster: string) => {
    const end = ends.get(cluster) ?? Promise.withResolvers<string>();
    ends.set(cluster, end);
    return end;
  };
  return {
    begun,
    run(cluster: string) {
      begun.push(cluster);
      return of(cluster).promise;
    },
    end: (cluster: string) => of(cluster).resolve(`${cluster} is done`),
  };
}

const told = <Outcome>(each: Ended<string, Outcome>) => `${each.cluster}: ${each.kind}`;

async function next(events: AsyncIterator<Ended<string, string>>): Promise<string> {
  const { done, value } = await events.next();
  return done ? "over" : told(value);
}

/** Waits until everything that can continue has done so. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("each cluster's outcome is yielded when it finishes, in that order", async () => {
  const { run, end } = held();
  const events = overClusters(["a", "b", "c"], run, { atOnce: 3 });
  const first = events.next();
  end("c");
  assert.deepEqual((await first).value, { cluster: "c", kind: "done", outcome: "c is done" });
  end("a");
  assert.equal(await next(events), "a: done");
  end("b");
  assert.deepEqual([await next(events), await next(events)], ["b: done", "over"]);
});

Deno.test("a failed cluster does not affect the others", async () => {
  const all = await Array.fromAsync(overClusters(["a", "b", "c"], (cluster) => {
    if (cluster === "a") throw new Error("a fails at once");
    return cluster === "b" ? Promise.reject(new Error("b fails")) : Promise.resolve("done");
  }, { atOnce: 1 }));
  assert.deepEqual(all.map(told), ["a: failed", "b: failed", "c: done"]);
  assert.deepEqual(all.map((each) => each.kind === "failed" && (each.error as Error).message), [
    "a fails at once",
    "b fails",
    false,
  ]);
});

Deno.test("the limit of concurrent clusters holds; a hanging one takes a single slot", async () => {
  const { begun, run, end } = held();
  const events = overClusters(["hangs", "a", "b", "c"], run, { atOnce: 2 });
  const first = next(events);
  await settled();
  assert.deepEqual(begun, ["hangs", "a"]);
  end("a");
  assert.equal(await first, "a: done");
  end("b");
  assert.equal(await next(events), "b: done");
  end("c");
  assert.equal(await next(events), "c: done");
  assert.deepEqual(begun, ["hangs", "a", "b", "c"]);
  end("hangs");
  assert.deepEqual([await next(events), await next(events)], ["hangs: done", "over"]);
});

Deno.test("nothing starts before the first result is requested, and a slow reader delays no cluster", async () => {
  const { begun, run, end } = held();
  const events = overClusters(["a", "b", "c"], run, { atOnce: 1 });
  await settled();
  assert.deepEqual(begun, []);
  const first = next(events);
  for (const cluster of ["a", "b", "c"]) end(cluster);
  assert.equal(await first, "a: done");
  await settled();
  assert.deepEqual(begun, ["a", "b", "c"]);
  assert.deepEqual([await next(events), await next(events)], ["b: done", "c: done"]);
});

Deno.test("after a stop, running clusters finish and the others are not started", async () => {
  const { begun, run, end } = held();
  let isStopped = false;
  const events = overClusters(["a", "b", "c", "d"], run, { atOnce: 2, isStopped: () => isStopped });
  const first = next(events);
  await settled();
  isStopped = true;
  end("b");
  assert.deepEqual(
    [await first, await next(events), await next(events)],
    ["b: done", "c: not_begun", "d: not_begun"],
  );
  end("a");
  assert.deepEqual([await next(events), await next(events)], ["a: done", "over"]);
  assert.deepEqual(begun, ["a", "b"]);
});

Deno.test("when the caller stops reading, no further cluster is started", async () => {
  const { begun, run, end } = held();
  const events = overClusters(["a", "b", "c"], run, { atOnce: 1 });
  const first = next(events);
  end("a");
  assert.equal(await first, "a: done");
  await settled();
  await events.return();
  end("b");
  await settled();
  assert.deepEqual(begun, ["a", "b"]);
});

Deno.test("without clusters there is no result", async () => {
  const run = () => Promise.reject(new Error("nothing is asked"));
  assert.deepEqual(await Array.fromAsync(overClusters([], run, { atOnce: 2 })), []);
});

/** Clusters that finish immediately; the named ones fail. */
const failing = (...names: readonly string[]) => (cluster: string) =>
  names.includes(cluster) ? Promise.reject(new Error("it fails")) : Promise.resolve(cluster);

/** The outcome of each cluster, or why it was not started. */
async function ends(
  run: (cluster: string) => Promise<string>,
  options: Partial<OverClustersOptions<string, string>>,
): Promise<string[]> {
  const all = await Array.fromAsync(
    overClusters(["a", "b", "c", "d"], run, { atOnce: 1, ...options }),
  );
  return all.map((each) => told(each) + (each.kind === "not_begun" ? ` (${each.why})` : ""));
}

const first = (...names: readonly string[]) => ({
  isFirst: (cluster: string) => names.includes(cluster),
});

const GROUPS: [
  what: string,
  run: (cluster: string) => Promise<string>,
  options: Partial<OverClustersOptions<string, string>>,
  ended: readonly string[],
][] = [
  ["clusters that go first are started first", failing(), first("c", "d"), [
    "c: done",
    "d: done",
    "a: done",
    "b: done",
  ]],
  ["if one of the first clusters fails, no other cluster is started", failing("b"), {
    ...first("b", "c"),
    maxFailures: 3,
  }, [
    "b: failed",
    "c: not_begun (first_failed)",
    "a: not_begun (first_failed)",
    "d: not_begun (first_failed)",
  ]],
  ["an outcome may count as a failure", failing(), {
    ...first("b"),
    isFailure: (outcome) => outcome === "b",
  }, [
    "b: done",
    "a: not_begun (first_failed)",
    "c: not_begun (first_failed)",
    "d: not_begun (first_failed)",
  ]],
  ["up to the limit of failures, all clusters are started", failing("a", "c"), { maxFailures: 2 }, [
    "a: failed",
    "b: done",
    "c: failed",
    "d: done",
  ]],
  ["above the limit of failures, no further cluster is started", failing("a", "b"), {
    maxFailures: 1,
  }, [
    "a: failed",
    "b: failed",
    "c: not_begun (too_many_failures)",
    "d: not_begun (too_many_failures)",
  ]],
  ["a cluster that is no longer selected does not count as a failure", failing("a", "b"), {
    maxFailures: 0,
    isNotMeant: () => true,
  }, [
    "a: failed",
    "b: failed",
    "c: done",
    "d: done",
  ]],
  ["a first cluster that is no longer selected counts as a failure", failing("b"), {
    ...first("b"),
    isNotMeant: () => true,
  }, [
    "b: failed",
    "a: not_begun (first_failed)",
    "c: not_begun (first_failed)",
    "d: not_begun (first_failed)",
  ]],
  ["whether an outcome is a failure may depend on the cluster", failing(), {
    isFailure: (_, cluster) => cluster === "a",
    maxFailures: 0,
  }, [
    "a: done",
    "b: not_begun (too_many_failures)",
    "c: not_begun (too_many_failures)",
    "d: not_begun (too_many_failures)",
  ]],
  ["after a stop no cluster is started, with that reason", failing(), {
    ...first("d"),
    isStopped: () => true,
  }, [
    "d: not_begun (stopped)",
    "a: not_begun (stopped)",
    "b: not_begun (stopped)",
    "c: not_begun (stopped)",
  ]],
];

for (const [what, run, options, expected] of GROUPS) {
  Deno.test(what, async () => assert.deepEqual(await ends(run, options), expected));
}

Deno.test("no other cluster is started while a first one is running", async () => {
  const { begun, run, end } = held();
  const events = overClusters(["a", "b", "c"], run, { atOnce: 3, ...first("b") });
  const next1 = next(events);
  await settled();
  assert.deepEqual(begun, ["b"]);
  end("b");
  assert.equal(await next1, "b: done");
  await settled();
  assert.deepEqual(begun, ["b", "a", "c"]);
  end("a");
  end("c");
  assert.deepEqual([await next(events), await next(events)], ["a: done", "c: done"]);
});
