import assert from "node:assert/strict";
import type { SoughtValue } from "../../credentials/rotation/sought.ts";
import { newCredential } from "../../credentials/rotation/new_credential.ts";
import { seal } from "../../log/sealed.ts";
import type { Each, SelectedCluster } from "../each.ts";
import type { ClusterPlan, WriteContext } from "./cluster_steps.ts";
import type { RotationRequest } from "./request.ts";
import { rotate, type RotationDeps } from "./rotate.ts";
import { Rotations } from "./rotations.ts";
import type { RotationCluster } from "./shapes.ts";

const [OLD, NEW] = [`old-${crypto.randomUUID()}`, `new-${crypto.randomUUID()}`];

const CLUSTER: SelectedCluster = {
  ...{ name: "a", sameServerAs: [], server: "a", runsPrograms: false, isFirst: false },
};

/** Nothing is to be written. */
const NOTHING: ClusterPlan = {
  plan: {
    ...{ status: "not_found", toRotate: [], unchanged: [], left: [], cannotHold: [] },
    ...{ places: [], oldValues: [] },
  },
  ...{ replaces: [], tries: [], notSeen: [] },
};

function request(): RotationRequest {
  const set = newCredential({ password: seal(NEW) });
  assert.ok(set.ok);
  const sought: SoughtValue = { by: "value", forms: seal(new Set([OLD])) };
  return {
    ...{ rotation: "r1", sought, set: set.value, verify: true, allowUntried: false },
    ...{ maxFailures: 0, managedOnly: true, everywhere: false, force: false, dryRun: false },
  };
}

/** @param plans the result of planning */
function depsOf(plans: () => ClusterPlan, more: Partial<RotationDeps> = {}): RotationDeps {
  const each: Each<WriteContext> = async function* <Result>(clusters: readonly SelectedCluster[]) {
    for (const cluster of clusters) {
      await Promise.resolve();
      yield { cluster, kind: "done" as const, outcome: plans() as Result };
    }
  };
  return {
    ...{ chosen: [CLUSTER], each, rotations: new Rotations(), by: "ci" },
    fingerprint: (value) => Promise.resolve(value.reveal().slice(0, 3)),
    all: () => Promise.resolve({ clusters: [], isLimited: false }),
    begin: () => Promise.resolve(),
    onBug: (error) => {
      throw error;
    },
    earlier: () => Promise.resolve({ replaces: [], replacesOf: [] }),
    verifyAll: () => Promise.resolve([]),
    wasFound: () => Promise.resolve(false),
    shown: ({ cluster: { name: cluster } }): RotationCluster => ({
      ...{ cluster, status: "not_found", status_code: 200, secrets: [], left: [] },
    }),
    ...more,
  };
}

const statesOf = ({ rotations }: RotationDeps) => rotations.get("r1")?.state;

Deno.test("a rotation has a record from its first write, and releases its claims at the end", async () => {
  const deps = depsOf(() => NOTHING);
  const states = [];
  for await (const { step } of rotate(request(), deps)) states.push([step, statesOf(deps)]);
  assert.deepEqual(states, [["started", "running"], ["cluster", "running"]]);
  assert.equal(statesOf(deps), "done");
  assert.ok(!("running" in deps.rotations.start("r2", { keys: ["value old"], by: "ci" })));
});

Deno.test("an unexpected error while writing interrupts a rotation and releases its claims", async () => {
  const deps = depsOf(() => NOTHING, {
    shown() {
      throw new TypeError("a bug");
    },
  });
  await assert.rejects(Array.fromAsync(rotate(request(), deps)), /a bug/);
  assert.equal(statesOf(deps), "interrupted");
  assert.ok(!("running" in deps.rotations.start("r2", { keys: ["value old"], by: "ci" })));
});

Deno.test("a rotation that fails before the first write leaves no record", async () => {
  const deps = depsOf(() => NOTHING, { begin: () => Promise.reject(new Error("not on record")) });
  await assert.rejects(Array.fromAsync(rotate(request(), deps)), /not on record/);
  assert.equal(statesOf(deps), undefined);
  assert.ok(!("running" in deps.rotations.start("r2", { keys: ["value old"], by: "ci" })));
});

Deno.test("nothing is verified before the audit log has the start and the values found", async () => {
  const did: unknown[] = [];
  const deps = depsOf(() => ({ ...NOTHING, replaces: ["old"] }), {
    begin(found) {
      did.push(found);
      return Promise.resolve();
    },
    verifyAll() {
      did.push("tried");
      return Promise.resolve([]);
    },
  });
  await Array.fromAsync(rotate(request(), deps));
  assert.deepEqual(did, [{ replaces: ["old"], replacesOf: [], key: "arg" }, "tried"]);
});

Deno.test("only one value without a fingerprint is rotated at a time", async () => {
  const deps = depsOf(() => NOTHING, { fingerprint: () => Promise.resolve(undefined) });
  const first = rotate(request(), deps);
  await first.next();
  await assert.rejects(
    rotate({ ...request(), rotation: "r2" }, deps).next(),
    { name: "RotationRefused", refusal: { kind: "running", rotation: "r1" } },
  );
  await Array.fromAsync(first);
});
