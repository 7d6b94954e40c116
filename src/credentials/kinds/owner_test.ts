import assert from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { MANAGED_BY, MANAGED_BY_LABEL } from "./kind.ts";
import { ownerOf } from "./owner.ts";

function owner(more: Partial<StoredSecret>): string | undefined {
  return ownerOf({
    namespace: "a",
    name: "x",
    type: "Opaque",
    labels: {},
    annotations: {},
    data: seal({}),
    uid: "1",
    resourceVersion: "1",
    creationTimestamp: "",
    ...more,
  });
}

type Marks = Partial<Pick<StoredSecret, "labels" | "annotations" | "ownerReferences">>;

const OWNED: [what: string, marks: Marks, owner: string][] = [
  [
    "an owner reference",
    { ownerReferences: [{ apiVersion: "v1", kind: "ExternalSecret", name: "team.x", uid: "1" }] },
    "ExternalSecret 'team.x'",
  ],
  [
    "the first of several owner references",
    { ownerReferences: [{ kind: "SealedSecret", name: "a" }, { kind: "Job", name: "b" }] },
    "SealedSecret 'a'",
  ],
  ["an owner reference that is none", { ownerReferences: [{}] }, "? '?'"],
  ["what others put into a name", { ownerReferences: [{ kind: "A\nB", name: "'; x" }] }, "? '?'"],
  [
    "Argo CD's tracking id",
    { annotations: { "argocd.argoproj.io/tracking-id": "apps:/Secret:argocd/x" } },
    "Argo CD application 'apps'",
  ],
  [
    "Argo CD's tracking label",
    { labels: { "argocd.argoproj.io/instance": "apps" } },
    "Argo CD application 'apps'",
  ],
  [
    "Helm's release",
    { annotations: { "meta.helm.sh/release-name": "team" } },
    "Helm release 'team'",
  ],
  [
    "External Secrets' label",
    { labels: { "reconcile.external-secrets.io/created-by": "x" } },
    "External Secrets",
  ],
  [
    "External Secrets' annotation",
    { annotations: { "reconcile.external-secrets.io/data-hash": "x" } },
    "External Secrets",
  ],
  [
    "Sealed Secrets' annotation",
    { annotations: { "sealedsecrets.bitnami.com/managed": "true" } },
    "Sealed Secrets",
  ],
  [
    "Reflector's annotation",
    { annotations: { "reflector.v1.k8s.emberstack.com/reflects": "b/x" } },
    "Reflector",
  ],
  [
    "Reflector's own annotation",
    { annotations: { "reflector.v1.k8s.emberstack.com/auto-reflects": "True" } },
    "Reflector",
  ],
  [
    "what is replicated into it",
    { annotations: { "replicator.v1.mittwald.de/replicate-from": "b/x" } },
    "kubernetes-replicator",
  ],
  [
    "what was replicated into it",
    { annotations: { "replicator.v1.mittwald.de/replicated-from-version": "1" } },
    "kubernetes-replicator",
  ],
  ["ClusterSecret's label", { labels: { "clustersecret.io/sync-from": "" } }, "ClusterSecret"],
  [
    "Config Syncer's annotation",
    { annotations: { "kubed.appscode.com/origin": "{}" } },
    "Config Syncer",
  ],
];

for (const [what, marks, expected] of OWNED) {
  Deno.test(`a secret is looked after by ${expected}, as ${what} tells`, () => {
    assert.equal(owner(marks), expected);
  });
}

const NOT_OWNED: [what: string, marks: Marks][] = [
  ["nothing", {}],
  ["no owner reference", { ownerReferences: [] }],
  ["this program's label", { labels: { [MANAGED_BY_LABEL]: MANAGED_BY } }],
  ["Helm's managed-by alone, which a chart's values may have", {
    labels: { [MANAGED_BY_LABEL]: "Helm" },
  }],
  ["kubectl's copy", { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } }],
  ["that it may be replicated elsewhere", {
    annotations: {
      "replicator.v1.mittwald.de/replicate-to": "*",
      "reflector.v1.k8s.emberstack.com/reflection-allowed": "true",
    },
  }],
  ["a repository's marks", {
    labels: { "argocd.argoproj.io/secret-type": "repository" },
    annotations: { "managed-by": "argocd.argoproj.io" },
  }],
];

for (const [what, marks] of NOT_OWNED) {
  Deno.test(`nobody else is seen to look after a secret with ${what}`, () => {
    assert.equal(owner(marks), undefined);
  });
}
