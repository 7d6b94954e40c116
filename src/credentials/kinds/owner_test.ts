import assert from "node:assert/strict";
import type { StoredSecret } from "../../kube/store.ts";
import { seal } from "../../log/sealed.ts";
import { MANAGED_BY, MANAGED_BY_LABEL } from "./desired_secret.ts";
import { ownerOf } from "./owner.ts";
import { OWNERS } from "./owners.ts";

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
  ["an invalid owner reference", { ownerReferences: [{}] }, "? '?'"],
  ["an owner reference with unsafe characters", {
    ownerReferences: [{ kind: "A\nB", name: "'; x" }],
  }, "? '?'"],
  [
    "Argo CD's tracking id",
    { annotations: { "argocd.argoproj.io/tracking-id": "apps:/Secret:a/x" } },
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
    "External Secrets' label of what it does not own",
    { labels: { "reconcile.external-secrets.io/managed": "true" } },
    "External Secrets",
  ],
  [
    "Sealed Secrets' annotation",
    { annotations: { "sealedsecrets.bitnami.com/managed": "true" } },
    "Sealed Secrets",
  ],
  [
    "Sealed Secrets' annotation of what it adds to",
    { annotations: { "sealedsecrets.bitnami.com/patch": "true" } },
    "Sealed Secrets",
  ],
  [
    "Flux' label of a Kustomization",
    {
      labels: {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
      },
    },
    "Flux Kustomization 'apps' in namespace 'flux-system'",
  ],
  [
    "Flux' label of a HelmRelease, whose release is Flux' too",
    {
      labels: { "helm.toolkit.fluxcd.io/name": "team", "helm.toolkit.fluxcd.io/namespace": "t" },
      annotations: { "meta.helm.sh/release-name": "team" },
    },
    "Flux HelmRelease 'team' in namespace 't'",
  ],
  [
    "Fleet's annotation",
    {
      annotations: {
        "objectset.rio.cattle.io/id": "default-team",
        "meta.helm.sh/release-name": "t",
      },
    },
    "Rancher Fleet",
  ],
  ["Fleet's label", { labels: { "objectset.rio.cattle.io/hash": "0a1b" } }, "Rancher Fleet"],
  [
    "the annotations of Rancher and k3s",
    {
      annotations: {
        "objectset.rio.cattle.io/id": "",
        "objectset.rio.cattle.io/owner-gvk": "k3s.cattle.io/v1, Kind=Addon",
        "objectset.rio.cattle.io/owner-name": "registry",
        "objectset.rio.cattle.io/owner-namespace": "kube-system",
      },
    },
    "Rancher's Addon 'registry' in namespace 'kube-system'",
  ],
  [
    "Config Sync's annotations",
    {
      annotations: {
        "configmanagement.gke.io/managed": "enabled",
        "configsync.gke.io/resource-id": "_secret_a_x",
      },
    },
    "Config Sync",
  ],
  ["kapp's label", { labels: { "kapp.k14s.io/app": "1700000000000000000" } }, "kapp"],
  [
    "Kyverno's label of a policy",
    {
      labels: {
        "generate.kyverno.io/policy-name": "sync-pull-secret",
        [MANAGED_BY_LABEL]: "kyverno",
      },
    },
    "Kyverno policy 'sync-pull-secret'",
  ],
  ["Kyverno's managed-by", { labels: { [MANAGED_BY_LABEL]: "kyverno" } }, "Kyverno"],
  [
    "the managed-by of Vault Secrets Operator",
    { labels: { [MANAGED_BY_LABEL]: "hashicorp-vso" } },
    "Vault Secrets Operator",
  ],
  [
    "the label of Vault Secrets Operator",
    { labels: { "secrets.hashicorp.com/vso-ownerRefUID": "1" } },
    "Vault Secrets Operator",
  ],
  [
    "Doppler's annotation",
    { annotations: { "secrets.doppler.com/managed-by": "doppler/team" } },
    "DopplerSecret 'team' in namespace 'doppler'",
  ],
  ["Doppler's version", { annotations: { "secrets.doppler.com/version": "1" } }, "Doppler"],
  ["Doppler's label", { labels: { "secrets.doppler.com/subtype": "dopplerSecret" } }, "Doppler"],
  ["Infisical's version", { annotations: { "secrets.infisical.com/version": "1" } }, "Infisical"],
  [
    "Infisical's list of labels",
    { annotations: { "secrets.infisical.com/managed-labels": "" } },
    "Infisical",
  ],
  [
    "1Password's annotation",
    { annotations: { "operator.1password.io/item-path": "vaults/a/items/b" } },
    "1Password",
  ],
  [
    "1Password's version",
    { annotations: { "operator.1password.io/item-version": "3" } },
    "1Password",
  ],
  [
    "Bitwarden's label",
    { labels: { "k8s.bitwarden.com/bw-secret": "1" } },
    "Bitwarden Secrets Manager",
  ],
  [
    "the CSI driver's label",
    { labels: { "secrets-store.csi.k8s.io/managed": "true" } },
    "Secrets Store CSI Driver",
  ],
  [
    "Reflector's annotation",
    { annotations: { "reflector.v1.k8s.emberstack.com/reflects": "b/x" } },
    "Reflector (as a copy of 'x' in 'b')",
  ],
  [
    "Reflector's own annotation",
    { annotations: { "reflector.v1.k8s.emberstack.com/auto-reflects": "True" } },
    "Reflector",
  ],
  [
    "an annotation of the replication source",
    { annotations: { "replicator.v1.mittwald.de/replicate-from": "b/x" } },
    "kubernetes-replicator (as a copy of 'x' in 'b')",
  ],
  [
    "an annotation of a replication that was done",
    { annotations: { "replicator.v1.mittwald.de/replicated-from-version": "1" } },
    "kubernetes-replicator",
  ],
  [
    "ClusterSecret's annotation",
    { annotations: { "clustersecret.io/created-by": "ClusterSecrets" } },
    "ClusterSecret 'x'",
  ],
  [
    "ClusterSecret's version",
    { annotations: { "clustersecret.io/version": "0.1" } },
    "ClusterSecret 'x'",
  ],
  [
    "ClusterSecret's time",
    { annotations: { "clustersecret.io/last-sync": "2026-01-31T10:00:00" } },
    "ClusterSecret 'x'",
  ],
  ["ClusterSecret's label", { labels: { "clustersecret.io": "true" } }, "ClusterSecret 'x'"],
  [
    "Config Syncer's annotation",
    { annotations: { "kubed.appscode.com/origin": "{}" } },
    "Config Syncer",
  ],
  [
    "Config Syncer's labels",
    {
      labels: { "kubed.appscode.com/origin.name": "x", "kubed.appscode.com/origin.namespace": "b" },
    },
    "Config Syncer (as a copy of 'x' in 'b')",
  ],
  [
    "imagepullsecret-patcher's annotation",
    { annotations: { [MANAGED_BY_LABEL]: "imagepullsecret-patcher" } },
    "imagepullsecret-patcher",
  ],
  [
    "the annotation of a placeholder that secretgen-controller fills",
    { annotations: { "secretgen.carvel.dev/image-pull-secret": "" } },
    "secretgen-controller",
  ],
  [
    "OpenShift's annotation",
    { annotations: { "openshift.io/internal-registry-auth-token.service-account": "default" } },
    "OpenShift (for service account 'default')",
  ],
  [
    "OpenShift's older annotation",
    { annotations: { "openshift.io/token-secret.name": "default-token-abcde" } },
    "OpenShift",
  ],
  [
    "unsafe characters in place of a name",
    { labels: { "kustomize.toolkit.fluxcd.io/name": "'; x\n" } },
    "Flux Kustomization '?'",
  ],
  [
    "unsafe characters in place of a namespace and name",
    { annotations: { "reflector.v1.k8s.emberstack.com/reflects": "a\nb/'c'" } },
    "Reflector (as a copy of '?' in '?')",
  ],
];

for (const [what, marks, expected] of OWNED) {
  Deno.test(`a secret marked with ${what} is managed by ${expected}`, () => {
    assert.equal(owner(marks), expected);
  });
}

const NOT_OWNED: [what: string, marks: Marks][] = [
  ["nothing", {}],
  ["no owner reference", { ownerReferences: [] }],
  ["our label", { labels: { [MANAGED_BY_LABEL]: MANAGED_BY } }],
  ["Helm's managed-by alone, which a chart's values may have", {
    labels: { [MANAGED_BY_LABEL]: "Helm" },
  }],
  ["kubectl's copy", { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } }],
  ["permission to be replicated elsewhere", {
    annotations: {
      "replicator.v1.mittwald.de/replicate-to": "*",
      "reflector.v1.k8s.emberstack.com/reflection-allowed": "true",
    },
  }],
  ["the tracking id of the secret that it is a copy of, from another namespace", {
    annotations: { "argocd.argoproj.io/tracking-id": "apps:/Secret:other/x" },
  }],
  ["the tracking id of the secret that it is a copy of, by another name", {
    annotations: { "argocd.argoproj.io/tracking-id": "apps:/Secret:a/other" },
  }],
  ["the tracking id of another kind of object", {
    annotations: { "argocd.argoproj.io/tracking-id": "apps:/ConfigMap:a/x" },
  }],
  ["the tracking id of an object of another group", {
    annotations: {
      "argocd.argoproj.io/tracking-id": "apps:external-secrets.io/Secret:a/x",
    },
  }],
  ["a tracking id that Argo CD cannot read", {
    annotations: { "argocd.argoproj.io/tracking-id": "apps" },
  }],
  ["Config Sync's mark of another secret", {
    annotations: {
      "configmanagement.gke.io/managed": "enabled",
      "configsync.gke.io/resource-id": "_secret_other_x",
    },
  }],
  ["Config Sync's mark, turned off", {
    annotations: {
      "configmanagement.gke.io/managed": "disabled",
      "configsync.gke.io/resource-id": "_secret_a_x",
    },
  }],
  ["Sealed Secrets' annotation, turned off", {
    annotations: { "sealedsecrets.bitnami.com/managed": "false" },
  }],
  ["the mark of a source that Kyverno copies", {
    labels: { "generate.kyverno.io/clone-source": "" },
  }],
  ["the patcher's name as managed-by label, which it does not set", {
    labels: { [MANAGED_BY_LABEL]: "imagepullsecret-patcher" },
  }],
  ["a label that ClusterSecret does not set", {
    labels: { "clustersecret.io/sync-from": "" },
  }],
  ["a repository's marks", {
    labels: { "argocd.argoproj.io/secret-type": "repository" },
    annotations: { "managed-by": "argocd.argoproj.io" },
  }],
];

for (const [what, marks] of NOT_OWNED) {
  Deno.test(`no other program manages a secret with ${what}`, () => {
    assert.equal(owner(marks), undefined);
  });
}

Deno.test("each program in the table has an https source and a mark of its own", () => {
  const keys = OWNERS.flatMap(({ marks }) => marks.map(({ on, key }) => `${on} ${key}`));
  for (const { program, source, marks } of OWNERS) {
    assert.match(source, /^https:\/\/github\.com\/[^ ]+\/blob\/[^ ]+/, program);
    assert.ok(marks.length > 0, program);
  }
  // Several programs share the usual label, by different values.
  const own = keys.filter((key) => key !== `labels ${MANAGED_BY_LABEL}`);
  assert.equal(new Set(own).size, own.length);
});
