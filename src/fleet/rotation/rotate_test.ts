import assert from "node:assert/strict";
import type { SoughtValue } from "../../credentials/rotation/sought.ts";
import { newCredential } from "../../credentials/rotation/new_credential.ts";
import { seal } from "../../log/sealed.ts";
import type { Chosen, Each } from "../each.ts";
import type { ClusterPlan, WriteContext } from "./cluster_steps.ts";
import type { RotationRequest } from "./request.ts";
import { rotate, type RotationDeps } from "./rotate.ts";
import { Rotations } from "./rotations.ts";
import type { RotationCluster } from "./shapes.ts";

const [OLD, NEW] = [`old-${crypto.randomUUID()}`, `new-${crypto.randomUUID()}`];

const CLUSTER: Chosen = {
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

/** @param plans what planning comes to */
function depsOf(plans: () => ClusterPlan, more: Partial<RotationDeps> = {}): RotationDeps {
  const each: Each<WriteContext> = async function* <Result>(clusters: readonly Chosen[]) {
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
    onFault: (error) => {
      throw error;
    },
    earlier: () => Promise.resolve({ replaces: [], replacesOf: [] }),
    tryAll: () => Promise.resolve([]),
    wasFound: () => Promise.resolve(false),
    told: ({ cluster: { name: cluster } }): RotationCluster => ({
      ...{ cluster, status: "not_found", status_code: 200, secrets: [], left: [] },
    }),
    ...more,
  };
}

const statesOf = ({ rotations }: RotationDeps) => rotations.get("r1")?.state;

Deno.test("a rotation is known from when it writes, and what it is about is free again at its end", async () => {
  const deps = depsOf(() => NOTHING);
  const states = [];
  for await (const { step } of rotate(request(), deps)) states.push([step, statesOf(deps)]);
  assert.deepEqual(states, [["begun", "running"], ["cluster", "running"]]);
  assert.equal(statesOf(deps), "done");
  assert.ok(!("running" in deps.rotations.begin("r2", { keys: ["value old"], by: "ci" })));
});

Deno.test("a bug while it writes leaves it interrupted, and what it is about free again", async () => {
  const deps = depsOf(() => NOTHING, {
    told() {
      throw new TypeError("a bug");
    },
  });
  await assert.rejects(Array.fromAsync(rotate(request(), deps)), /a bug/);
  assert.equal(statesOf(deps), "interrupted");
  assert.ok(!("running" in deps.rotations.begin("r2", { keys: ["value old"], by: "ci" })));
});

Deno.test("what fails before anything is written leaves nothing behind", async () => {
  const deps = depsOf(() => NOTHING, { begin: () => Promise.reject(new Error("not on record")) });
  await assert.rejects(Array.fromAsync(rotate(request(), deps)), /not on record/);
  assert.equal(statesOf(deps), undefined);
  assert.ok(!("running" in deps.rotations.begin("r2", { keys: ["value old"], by: "ci" })));
});

Deno.test("nothing is tried before it is on record that it begins, with what was found", async () => {
  const did: unknown[] = [];
  const deps = depsOf(() => ({ ...NOTHING, replaces: ["old"] }), {
    begin(found) {
      did.push(found);
      return Promise.resolve();
    },
    tryAll() {
      did.push("tried");
      return Promise.resolve([]);
    },
  });
  await Array.fromAsync(rotate(request(), deps));
  assert.deepEqual(did, [{ replaces: ["old"], replacesOf: [], key: "arg" }, "tried"]);
});

Deno.test("of values that cannot be fingerprinted one is rotated at a time", async () => {
  const deps = depsOf(() => NOTHING, { fingerprint: () => Promise.resolve(undefined) });
  const first = rotate(request(), deps);
  await first.next();
  await assert.rejects(
    rotate({ ...request(), rotation: "r2" }, deps).next(),
    { name: "RotationRefused", refusal: { kind: "running", rotation: "r1" } },
  );
  await Array.fromAsync(first);
});
