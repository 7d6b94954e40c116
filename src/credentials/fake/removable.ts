import type { FakeCluster } from "../../kube/fake/store.ts";
import type { SecretData, SecretRef, StoredSecret } from "../../kube/store.ts";
import { DOCKER_CONFIG_TYPE } from "../kinds/pull_secret.ts";
import { MANAGED_BY, MANAGED_BY_LABEL, WRITE_ANNOTATION } from "../kinds/desired_secret.ts";
import { emptyCluster } from "./clusters.ts";
import { LABELS } from "./desired.ts";

/** The secrets to delete. */
export const REMOVABLE: readonly SecretRef[] = ["a", "b", "c", "argocd"].map((namespace) => ({
  namespace,
  name: "pull",
}));

/** A cluster with our pull secrets in a, b, c and argocd; service accounts of a, b and c use them. */
export function removableCluster(): FakeCluster {
  const cluster = emptyCluster();
  for (const { namespace } of REMOVABLE) putOurs(cluster, { namespace });
  for (const namespace of ["a", "b", "c"]) {
    cluster.putAccount({ namespace, name: "default", pullSecrets: ["pull", "other"] });
  }
  cluster.putAccount({ namespace: "a", name: "runner", pullSecrets: ["pull"] });
  cluster.putAccount({ namespace: "a", name: "bystander", pullSecrets: ["other"] });
  cluster.putAccount({ namespace: "d", name: "default", pullSecrets: ["pull"] });
  cluster.put({ namespace: "a", name: "bystander" }, { key: "dmFsdWU=" });
  return cluster;
}

/** Adds a pull secret as argocd-configurer writes it, with labels and annotations of others. */
export function putOurs(
  cluster: FakeCluster,
  more: Partial<StoredSecret> & { readonly namespace: string },
  data: SecretData = { ".dockerconfigjson": "b2xk" },
): StoredSecret {
  return cluster.put({
    name: "pull",
    type: DOCKER_CONFIG_TYPE,
    labels: { ...LABELS, [MANAGED_BY_LABEL]: MANAGED_BY, "team.example/owner": "ops" },
    annotations: { [WRITE_ANNOTATION]: "w1", "team.example/note": "keep" },
    ...more,
  }, data);
}
