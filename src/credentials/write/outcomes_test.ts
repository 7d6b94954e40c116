import assert from "node:assert/strict";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import type { FakeCluster, StoreFault } from "../../kube/fake/store.ts";
import { accountCluster, usesIn } from "../fake/accounts.ts";
import { PULL_KEYS, pullCluster } from "../fake/clusters.ts";
import { LABELS, pullSecrets } from "../fake/desired.ts";
import { REMOVABLE, removableCluster } from "../fake/removable.ts";
import { type RunOptions, runRemove, runWrite } from "../fake/run.ts";
import { assertAsBefore, worldOf } from "../fake/truth.ts";

/** The outcome of a request, by the outcome of the first batch of one of its steps. */

interface Step {
  readonly method: "create" | "replace" | "remove" | "attach" | "detach";
  cluster(): FakeCluster;
  run(cluster: FakeCluster, options: RunOptions): ReturnType<typeof runWrite | typeof runRemove>;
}

const write: Step["run"] = (cluster, options) => runWrite(cluster, pullSecrets("new"), options);
const remove: Step["run"] = (cluster, options) => runRemove(cluster, REMOVABLE, options);

const STEPS = {
  create: { method: "create", cluster: pullCluster, run: write },
  replace: { method: "replace", cluster: pullCluster, run: write },
  recreate: {
    method: "remove",
    cluster() {
      const it = pullCluster();
      it.put({ namespace: "a", name: "pull", type: "Opaque", labels: LABELS }, { key: "b2xk" });
      return it;
    },
    run: (cluster, options) => write(cluster, { ...options, force: true }),
  },
  attach: {
    method: "attach",
    cluster: accountCluster,
    run: (cluster, options) => write(cluster, { ...options, attach: usesIn("a", "b", "c") }),
  },
  remove: { method: "remove", cluster: removableCluster, run: remove },
  detach: { method: "detach", cluster: removableCluster, run: remove },
} as const satisfies Record<string, Step>;

const reject = (error: "conflict" | "busy" | "exists" | "forbidden" | "invalid"): StoreFault => ({
  kind: "reject",
  item: 0,
  error,
});

/** The steps in which the request succeeds anyway; in the others it fails, and all is as before. */
const ROWS: [what: string, fault: StoreFault | undefined, done: (keyof typeof STEPS)[]][] = [
  ["done", undefined, ["create", "replace", "recreate", "attach", "remove", "detach"]],
  ["a conflict", reject("conflict"), ["create", "replace", "attach", "remove", "detach"]],
  ["busy", reject("busy"), ["create", "replace", "attach", "remove", "detach"]],
  ["already exists", reject("exists"), ["create", "replace"]],
  ["forbidden", reject("forbidden"), []],
  ["invalid", reject("invalid"), []],
  ["not sent", { kind: "throw", error: "unreachable" }, ["attach", "detach"]],
  [
    "no response, and carried out",
    { kind: "cut", item: 0, applied: true },
    ["create", "replace", "attach", "detach"],
  ],
  [
    "no response, and not carried out",
    { kind: "cut", item: 0, applied: false },
    ["create", "replace", "attach", "detach"],
  ],
  ["a bug", { kind: "bug" }, ["create", "replace", "attach", "detach"]],
  ["no response until the deadline", { kind: "hang" }, []],
  [
    "no response until the deadline, and carried out then",
    { kind: "hang", applied: true },
    ["create", "replace", "remove"],
  ],
];

for (const [what, fault, done] of ROWS) {
  for (const [name, step] of Object.entries(STEPS)) {
    const isDone = done.some((each) => each === name);
    Deno.test(`${name}, ${what}: ${isDone ? "all is done" : "all is as before"}`, async () => {
      using _clock = fakeClock({ runs: true });
      const it = step.cluster();
      const before = worldOf(it);
      let calls = 0;
      it.fault = ({ method }) => method === step.method && ++calls === 1 ? fault : undefined;
      const verdict = await step.run(it, { seconds: 0.5, rollbackSeconds: 20 });
      assert.ok(calls > 0);
      assert.equal(verdict.bugs.length, fault?.kind === "bug" ? 1 : 0);
      if (!isDone) {
        assert.equal(verdict.kind, "failed");
        assertAsBefore(it, before);
        assert.deepEqual(verdict.kind === "failed" && verdict.notRestored, []);
        return;
      }
      const isRemoval = step.run === remove;
      assert.equal(verdict.kind, isRemoval ? "removed" : "written");
      for (const key of PULL_KEYS.filter((each) => each !== "d/pull")) {
        if (isRemoval) assert.equal(it.secrets.has(key), false, key);
        else assert.notDeepEqual(it.dump()[key], before.secrets[key], key);
      }
      const users = [...it.accounts].filter(([, { pullSecrets }]) => pullSecrets.includes("pull"));
      const expected = isRemoval
        ? ["d/default"]
        : name === "attach"
        ? ["a/default", "b/default", "c/default", "d/default"]
        : [];
      assert.deepEqual(users.map(([key]) => key).sort(), expected);
    });
  }
}
