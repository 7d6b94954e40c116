import type { FakeCluster } from "../../kube/fake/store.ts";
import type { PullSecretUse } from "../../kube/store.ts";
import { pullCluster } from "./clusters.ts";

/** That the service accounts `default` of these namespaces are to use the secret `pull`. */
export function usesIn(...namespaces: readonly string[]): PullSecretUse[] {
  return namespaces.map((namespace) => ({
    namespace,
    serviceAccount: "default",
    secret: "pull",
  }));
}

/** The cluster of pull secrets with service accounts, of which one in d uses the secret already. */
export function accountCluster(): FakeCluster {
  const cluster = pullCluster();
  for (const namespace of ["a", "b", "c", "d"]) {
    cluster.putAccount({ namespace, name: "default", pullSecrets: ["other"] });
  }
  cluster.putAccount({ namespace: "d", name: "default", pullSecrets: ["pull", "other"] });
  cluster.putAccount({ namespace: "a", name: "bystander", pullSecrets: ["other"] });
  return cluster;
}
