import type { StoredSecret } from "../../kube/store.ts";

/** Marks of programs that write a secret again, or delete it, when somebody else changes it. */
const MARKS: readonly { readonly key: string; readonly by: string }[] = [
  // https://external-secrets.io/latest/api/externalsecret/
  { key: "reconcile.external-secrets.io/created-by", by: "External Secrets" },
  { key: "reconcile.external-secrets.io/data-hash", by: "External Secrets" },
  // https://github.com/bitnami-labs/sealed-secrets/blob/v0.27.0/pkg/apis/sealedsecrets/v1alpha1/types.go
  { key: "sealedsecrets.bitnami.com/managed", by: "Sealed Secrets" },
  // https://github.com/emberstack/kubernetes-reflector
  { key: "reflector.v1.k8s.emberstack.com/reflects", by: "Reflector" },
  { key: "reflector.v1.k8s.emberstack.com/auto-reflects", by: "Reflector" },
  // https://github.com/mittwald/kubernetes-replicator
  { key: "replicator.v1.mittwald.de/replicate-from", by: "kubernetes-replicator" },
  { key: "replicator.v1.mittwald.de/replicated-from-version", by: "kubernetes-replicator" },
  // https://github.com/zakkg3/ClusterSecret
  { key: "clustersecret.io/sync-from", by: "ClusterSecret" },
  { key: "kubed.appscode.com/origin", by: "Config Syncer" },
];

/**
 * Who else looks after a secret, in words: `ExternalSecret 'x'`, `Argo CD application 'apps'`;
 * `undefined` when nobody is seen to. What such a program owns it will put back or delete.
 */
export function ownerOf(secret: StoredSecret): string | undefined {
  const { annotations, labels, ownerReferences = [] } = secret;
  for (const owner of ownerReferences) {
    const { kind, name } = owner as { kind?: unknown; name?: unknown };
    return `${shown(kind)} '${shown(name)}'`;
  }
  // https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/
  const tracked = annotations["argocd.argoproj.io/tracking-id"]?.split(":")[0] ??
    labels["argocd.argoproj.io/instance"];
  if (tracked !== undefined) return `Argo CD application '${shown(tracked)}'`;
  // https://helm.sh/docs/topics/advanced/
  const release = annotations["meta.helm.sh/release-name"];
  if (release !== undefined) return `Helm release '${shown(release)}'`;
  const mark = MARKS.find(({ key }) =>
    Object.hasOwn(annotations, key) || Object.hasOwn(labels, key)
  );
  return mark?.by;
}

/** Others wrote it: what is no name of Kubernetes is not shown. */
function shown(text: unknown): string {
  return typeof text === "string" && /^[A-Za-z0-9._-]{1,253}$/.test(text) ? text : "?";
}
