import type { FakeCluster } from "../../kube/fake/store.ts";
import type { PullSecretUse } from "../../kube/store.ts";
import { pullCluster } from "./clusters.ts";

/** The uses of the secret `pull` by the service accounts `default` of these namespaces. */
export function usesIn(...namespaces: readonly string[]): PullSecretUse[] {
  return namespaces.map((namespace) => ({
    namespace,
    serviceAccount: "default",
    secret: "pull",
  }));
}

/** {@link pullCluster} with service accounts; the one in d uses the secret already. */
export function accountCluster(): FakeCluster {
  const cluster = pullCluster();
  for (const namespace of ["a", "b", "c", "d"]) {
    cluster.putAccount({ namespace, name: "default", pullSecrets: ["other"] });
  }
  cluster.putAccount({ namespace: "d", name: "default", pullSecrets: ["pull", "other"] });
  cluster.putAccount({ namespace: "a", name: "bystander", pullSecrets: ["other"] });
  return cluster;
}
