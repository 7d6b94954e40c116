import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import {
  created,
  type DesiredSecret,
  isUnchanged,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  replaced,
  WRITE_ANNOTATION,
} from "./desired_secret.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

function desired(more: Partial<DesiredSecret> = {}): DesiredSecret {
  const data = seal({ key: "bmV3" });
  return {
    namespace: "a",
    name: "x",
    type: "Opaque",
    labels: { ours: "label" },
    annotations: { ours: "annotation" },
    data,
    merge: (current) => seal({ ...current.data.reveal(), ...data.reveal() }),
    recognises: () => true,
    ...more,
  };
}

function current(more: Partial<StoredSecret> = {}): StoredSecret {
  return {
    namespace: "a",
    name: "x",
    type: "Opaque",
    labels: {},
    annotations: {},
    data: seal({ key: "b2xk", other: "eA==" }),
    uid: "uid",
    resourceVersion: "7",
    creationTimestamp: "2026-01-01T00:00:00Z",
    ...more,
  };
}

Deno.test("a new secret is marked as managed by argocd-configurer, with the id of its write", () => {
  const { labels, annotations, data, resourceVersion } = created(desired(), "id");
  assert.deepEqual(labels, { [MANAGED_BY_LABEL]: MANAGED_BY, ours: "label" });
  assert.deepEqual(annotations, { ours: "annotation", [WRITE_ANNOTATION]: "id" });
  assert.deepEqual(data.reveal(), { key: "bmV3" });
  assert.equal(resourceVersion, undefined);
});

const entries = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });

Deno.test("a replacement keeps labels and annotations of others and sets ours", () => {
  fc.assert(fc.property(entries, entries, (labels, annotations) => {
    const before = current({ labels, annotations });
    const after = replaced(before, desired(), "id");
    assert.deepEqual(after.labels, {
      [MANAGED_BY_LABEL]: MANAGED_BY,
      ...labels,
      ours: "label",
    });
    assert.deepEqual(after.annotations, {
      ...annotations,
      ours: "annotation",
      [WRITE_ANNOTATION]: "id",
    });
    assert.deepEqual(before.labels, labels);
  }));
});

Deno.test("another program's managed-by stays", () => {
  const before = current({ labels: { [MANAGED_BY_LABEL]: "Helm" } });
  assert.equal(replaced(before, desired(), "id").labels[MANAGED_BY_LABEL], "Helm");
});

Deno.test("kubectl apply's copy of the old values is removed", () => {
  const before = current({ annotations: { [LAST_APPLIED]: "b2xk", other: "stays" } });
  const { annotations } = replaced(before, desired(), "id");
  assert.equal(LAST_APPLIED in annotations, false);
  assert.equal(annotations.other, "stays");
});

Deno.test("a replacement has the resourceVersion of the replaced secret, and keeps owners and finalizers", () => {
  const ownerReferences = [{ kind: "Thing" }];
  const after = replaced(current({ ownerReferences, finalizers: ["f"] }), desired(), "id");
  assert.equal(after.resourceVersion, "7");
  assert.deepEqual([after.ownerReferences, after.finalizers], [ownerReferences, ["f"]]);
});

Deno.test("a replacement keeps `immutable` as it is", () => {
  for (const immutable of [true, false, undefined]) {
    assert.equal(replaced(current({ immutable }), desired(), "id").immutable, immutable);
  }
});

Deno.test("the data of our secret is merged, and that of a foreign secret is replaced", () => {
  const ours = replaced(current(), desired(), "id");
  assert.deepEqual(ours.data.reveal(), { key: "bmV3", other: "eA==" });
  const foreign = replaced(current(), desired({ recognises: () => false }), "id");
  assert.deepEqual(foreign.data.reveal(), { key: "bmV3" });
});

Deno.test("the same write again leaves a secret unchanged", () => {
  fc.assert(fc.property(entries, entries, (labels, annotations) => {
    const first = replaced(current({ labels, annotations }), desired(), "first");
    const stored = current({ ...first });
    assert.equal(isUnchanged(stored, replaced(stored, desired(), "second")), true);
  }));
});

const CHANGES: [what: string, before: Partial<StoredSecret>][] = [
  ["another value", { data: seal({ key: "b2xk" }) }],
  ["a missing value", { data: seal({}) }],
  ["another type", { type: "other" }],
  ["a missing label", { labels: { [MANAGED_BY_LABEL]: MANAGED_BY } }],
  ["another label", { labels: { [MANAGED_BY_LABEL]: MANAGED_BY, ours: "other" } }],
  ["a missing annotation", { annotations: {} }],
  ["kubectl apply's copy", { annotations: { ours: "annotation", [LAST_APPLIED]: "{}" } }],
];

for (const [what, before] of CHANGES) {
  Deno.test(`a secret with ${what} is changed by a write`, () => {
    const written = created(desired(), "first");
    const stored = current({ ...written, resourceVersion: "7", ...before });
    assert.equal(isUnchanged(stored, replaced(stored, desired(), "second")), false);
  });
}
