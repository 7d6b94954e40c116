import type { EmulatedCluster } from "../emulator/cluster.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import type { FleetCluster } from "./fleet.ts";
import {
  argocd,
  argocdSecret,
  inDays,
  legacyPullSecret,
  pullSecret,
  type Stored,
} from "./secrets.ts";

/** The registry's credential, on every cluster. */
const ROBOT = { username: "robot", password: "demo-robot-token" };

/** The Git server's credential, in a few places on a few clusters. */
const CI = { username: "ci", password: "demo-ci-token" };

/** Marks secrets as managed by argocd-configurer. */
const OURS: Stored = { isManaged: true };

const LABEL = "mcops.tech/secret-type";

/**
 * Twelve reachable clusters: two of staging and ten of production. One token is stored on all of them, in
 * pull secrets and in an Argo CD repository, and expires soon. Another one is stored on four clusters, also
 * in places that are easily overlooked: in a pull secret without a label, in `auth` alone, and in the URL
 * of a repository.
 */
export const TWELVE: Readonly<Record<string, FleetCluster>> = Object.fromEntries(
  ["stage", "prod"].flatMap((env) =>
    Array.from({ length: env === "stage" ? 2 : 10 }, (_, i) => {
      const name = `${env}-${String(i + 1).padStart(2, "0")}`;
      const labels = { env, region: i % 2 === 0 ? "eu" : "us" };
      return [name, { labels, seed: (cluster: EmulatedCluster) => seed(cluster, name) }];
    })
  ),
);

function seed(cluster: EmulatedCluster, name: string): void {
  const declared = { ...OURS, expires: inDays(20) };
  argocd(cluster, "v3.3.0");
  for (const namespace of ["shop", "argocd"]) {
    const login = { name: "registry", host: "registry.example.com", ...ROBOT };
    pullSecret(cluster, namespace, LABEL, { ...login, ...declared });
  }
  argocdSecret(cluster, "charts", "repository", {
    type: "helm",
    url: "registry.example.com/charts",
    enableOCI: "true",
    ...ROBOT,
  }, declared);
  LEAKED[name]?.(cluster);
}

/** The places of the other token. */
const LEAKED: Readonly<Record<string, (cluster: EmulatedCluster) => void>> = {
  "stage-01"(cluster) {
    argocdSecret(cluster, "deploy", "repository", {
      type: "git",
      url: "https://git.example.com/shop/deploy.git",
      ...CI,
    }, OURS);
  },
  "prod-01"(cluster) {
    const url = `https://${CI.username}:${CI.password}@git.example.com/shop/tools.git`;
    argocdSecret(cluster, "tools", "repository", { type: "git", url });
  },
  "prod-04"(cluster) {
    legacyPullSecret(cluster, "tools", "old-git-registry", "registry.git.example.com", CI);
  },
  "prod-07"(cluster) {
    const auth = encodeBase64Text(`${CI.username}:${CI.password}`);
    const auths = { "registry.git.example.com": { auth } };
    cluster.put({
      metadata: { namespace: "tools", name: "git-registry" },
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": JSON.stringify({ auths }) },
    });
  },
};
