import assert from "node:assert/strict";
import type { Snapshot, StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { ARGOCD, LABELS, pullSecrets, repoSecrets } from "../fake/desired.ts";
import { DOCKER_CONFIG_TYPE } from "../kinds/pull_secret.ts";
import { created, type DesiredSecret } from "../kinds/desired_secret.ts";
import { plan, type WritePolicy } from "./plan.ts";

type Made = Partial<StoredSecret>;

/** A snapshot in which the namespaces exist and one has this secret. */
function snapshot(desired: DesiredSecret, made?: Made): Snapshot {
  const { namespace, name } = desired;
  const secret: StoredSecret | undefined = made && {
    namespace,
    name,
    type: desired.type,
    labels: { ...desired.labels },
    annotations: {},
    data: seal({ old: "eA==" }),
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "",
    ...made,
  };
  return {
    secrets: new Map(secret === undefined ? [] : [[`${namespace}/${name}`, secret]]),
    namespaces: new Map([["a", "Active"], [ARGOCD, "Active"]]),
  };
}

const [pull] = pullSecrets();
const [repo] = repoSecrets();
const OWNED: Made = { ownerReferences: [{ kind: "SealedSecret", name: "x" }] };
const TRACKED: Made = { annotations: { "argocd.argoproj.io/tracking-id": "apps:/Secret:a/pull" } };
const COPIED: Made = { annotations: { "argocd.argoproj.io/tracking-id": "apps:/Secret:b/pull" } };
const UPSERT = { upsert: true, force: false };
const FORCE = { upsert: true, force: true };
const NEITHER = { upsert: false, force: false };

/** An existing secret, the policy, and the expected action. */
const PLANS: [
  what: string,
  desired: DesiredSecret,
  Made | undefined,
  WritePolicy,
  action: string,
][] = [
  ["nothing", pull!, undefined, NEITHER, "create"],
  ["one of its kind", pull!, {}, UPSERT, "replace"],
  ["one of its kind, without upsert", pull!, {}, NEITHER, "exists"],
  ["one without labels, of its type", pull!, { labels: {} }, UPSERT, "replace"],
  ["one of another type, with a label", pull!, { type: "Opaque" }, UPSERT, "type_change"],
  ["one of another type, with a label, forced", pull!, { type: "Opaque" }, FORCE, "recreate"],
  ["a foreign one", pull!, { type: "Opaque", labels: {} }, UPSERT, "foreign"],
  ["a foreign one, without upsert", pull!, { type: "Opaque", labels: {} }, NEITHER, "foreign"],
  ["a foreign one, forced", pull!, { type: "Opaque", labels: {} }, FORCE, "recreate"],
  ["a foreign one, forced without upsert", pull!, { type: "Opaque", labels: {} }, {
    upsert: false,
    force: true,
  }, "exists"],
  ["one that is owned", pull!, OWNED, UPSERT, "owned"],
  ["one that is owned, forced", pull!, OWNED, FORCE, "replace"],
  ["one that is owned, without upsert", pull!, OWNED, NEITHER, "exists"],
  ["one that Argo CD tracks", pull!, TRACKED, UPSERT, "owned"],
  ["a copy of one that Argo CD tracks", pull!, COPIED, UPSERT, "replace"],
  ["an immutable one", pull!, { immutable: true }, UPSERT, "immutable"],
  ["an immutable one, forced", pull!, { immutable: true }, FORCE, "recreate"],
  ["one that is being deleted", pull!, { deletionTimestamp: "now" }, FORCE, "being_deleted"],
  ["one with finalizers", pull!, { finalizers: ["x/y"] }, UPSERT, "replace"],
  [
    "one with finalizers that would be deleted",
    pull!,
    {
      finalizers: ["x/y"],
      type: "Opaque",
    },
    FORCE,
    "finalizers",
  ],
  ["a repository", repo!, {}, UPSERT, "replace"],
  ["a repository that is owned", repo!, OWNED, UPSERT, "owned"],
  ["a repository that is owned, forced", repo!, OWNED, FORCE, "replace"],
  [
    "a template",
    repo!,
    { labels: { "argocd.argoproj.io/secret-type": "repo-creds" } },
    UPSERT,
    "foreign",
  ],
  [
    "a cluster of Argo CD",
    repo!,
    {
      labels: { "argocd.argoproj.io/secret-type": "cluster" },
    },
    UPSERT,
    "foreign",
  ],
  [
    "a template, forced",
    repo!,
    {
      labels: { "argocd.argoproj.io/secret-type": "repo-creds" },
    },
    FORCE,
    "replace",
  ],
];

for (const [what, desired, made, policy, expected] of PLANS) {
  Deno.test(`if there is ${what}, the plan is '${expected}'`, () => {
    const { action, state, refusal } = plan(desired, snapshot(desired, made), policy);
    if (refusal === undefined) return assert.deepEqual([action, state], [expected, "planned"]);
    assert.deepEqual([refusal.kind, state], [expected, "failed"]);
    assert.deepEqual(refusal.ref, { namespace: desired.namespace, name: desired.name });
  });
}

Deno.test("if the same value is already stored, nothing is done", () => {
  for (const desired of [pull!, repo!]) {
    const { labels, annotations, data } = created(desired, "w1");
    const { action, state } = plan(
      desired,
      snapshot(desired, { labels, annotations, data }),
      UPSERT,
    );
    assert.deepEqual([action, state], ["unchanged", "written"]);
  }
});

Deno.test("a refusal names the owner of a secret, and the type of a foreign one", () => {
  const refusal = (made: Made) => plan(pull!, snapshot(pull!, made), UPSERT).refusal;
  const ref = { namespace: "a", name: "pull" };
  assert.deepEqual(refusal(OWNED), { kind: "owned", ref, owner: "SealedSecret 'x'" });
  assert.deepEqual(refusal(TRACKED), { kind: "owned", ref, owner: "Argo CD application 'apps'" });
  assert.deepEqual(refusal({ type: "x", labels: {} }), { kind: "foreign", ref, type: "x" });
  assert.deepEqual(refusal({ type: "x" }), { kind: "type_change", ref, type: "x" });
});

Deno.test("a missing namespace is refused, or created", () => {
  const [desired] = pullSecrets("new", { namespaces: ["x"] });
  const there = snapshot(pull!);
  assert.equal(plan(desired!, there, UPSERT).refusal?.kind, "namespace_missing");
  const made = plan(desired!, there, { ...UPSERT, createNamespaces: true });
  assert.deepEqual([made.action, made.state], ["create", "planned"]);
  // Without the right to read namespaces, only the write reveals it.
  assert.equal(plan(desired!, { ...there, namespaces: undefined }, UPSERT).action, "create");
});

Deno.test("a namespace that is being deleted is refused, whatever the policy allows", () => {
  const there = { ...snapshot(pull!), namespaces: new Map([["a", "Terminating" as const]]) };
  const all = { ...FORCE, createNamespaces: true };
  assert.equal(plan(pull!, there, all).refusal?.kind, "namespace_terminating");
});

Deno.test("a docker secret is recognized by any of its labels", () => {
  const made = { type: "Opaque", labels: LABELS };
  assert.equal(plan(pull!, snapshot(pull!, made), FORCE).action, "recreate");
  assert.equal(
    plan(pull!, snapshot(pull!, { type: DOCKER_CONFIG_TYPE }), UPSERT).action,
    "replace",
  );
});
