import type { EmulatedCluster } from "../emulator/cluster.ts";
import { selfSigned } from "./certificate.ts";
import {
  argocd,
  argocdSecret,
  inDays,
  legacyPullSecret,
  pullSecret,
  READER,
  type Stored,
} from "./secrets.ts";

/** A cluster of the demo's fleet, which shows typical problems. */
export interface FleetCluster {
  readonly labels: Readonly<Record<string, string>>;
  /** Fills the cluster. */
  readonly seed: (cluster: EmulatedCluster) => void;
}

const SHOP_URL = "https://github.com/example-shop";

/** A password that the demo's servers refuse. */
export const OLD_PASSWORD = "demo-old-password";

/** Marks secrets as managed by argocd-configurer. */
const OURS: Stored = { isManaged: true };

/**
 * Five clusters of a shop: one has an old token, one lacks a pull secret, two have valid secrets that
 * have no effect, and one has no Argo CD. Two credentials expire soon. The common password is also stored
 * in two places that are easily overlooked: a legacy pull secret without a label, and the URL of a
 * repository. None of the values is a real credential, and the quick start uses none of the names.
 */
export const FLEET: Readonly<Record<string, FleetCluster>> = {
  "dev": {
    labels: { env: "dev", region: "eu" },
    seed(cluster) {
      argocd(cluster, "v3.3.0");
      registries(cluster, { "ghcr": "ghcr.io", "mirror": "oci://registry.example.net" });
      shopTemplate(cluster, SHOP_URL); // without a slash, it also matches example-shop-partners
      shopRepository(cluster);
    },
  },
  "edge": {
    labels: { env: "edge", region: "eu", "argocd-configurer.io/argocd-namespace": "none" },
    seed(cluster) {
      registries(cluster, { "ghcr": "ghcr.io" });
      legacyPullSecret(cluster, "shop", "old-registry", "https://ghcr.io");
      account(cluster, "ghcr", "harbor"); // the second secret does not exist
    },
  },
  "eu-prod": {
    labels: { env: "prod", region: "eu" },
    seed(cluster) {
      argocd(cluster, "v3.2.0");
      registries(cluster, { "ghcr": "ghcr.io" });
      registries(cluster, { "harbor": "harbor.example.net" }, {
        password: "demo-harbor-token",
        expires: inDays(20),
      });
      account(cluster, "ghcr", "harbor");
      shopTemplate(cluster);
      shopRepository(cluster);
    },
  },
  "hub": {
    labels: { role: "hub", region: "eu" },
    seed(cluster) {
      argocd(cluster, "v3.2.0");
      shopTemplate(cluster);
      const { username, password } = READER;
      const url = `https://${username}:${password}@git.example.net/tools.git`;
      argocdSecret(cluster, "tools", "repository", { type: "git", url });
      const robot = selfSigned("demo-robot", new Date(inDays(12)));
      argocdSecret(cluster, "internal", "repository", {
        type: "git",
        url: "https://git.example.net/internal.git",
        username: "demo-robot",
        password: "demo-robot-token",
        tlsClientCertData: robot.certificate,
        tlsClientCertKey: robot.key,
      }, OURS);
    },
  },
  "us-prod": {
    labels: { env: "prod", region: "us" },
    seed(cluster) {
      argocd(cluster, "v3.2.0");
      registries(cluster, { "ghcr": "ghcr.io" }, { password: OLD_PASSWORD });
      shopTemplate(cluster);
      shopRepository(cluster, { username: READER.username }); // so Argo CD uses no password
    },
  },
};

/** The labels file. JSON is valid YAML. */
export function labelsFile(clusters: Readonly<Record<string, FleetCluster>>): string {
  return Object.entries(clusters)
    .map(([name, { labels }]) => `${name}: ${JSON.stringify(labels)}\n`).join("");
}

/** Pull secrets in the namespace `shop`, one per registry, and the service account that uses them. */
function registries(
  cluster: EmulatedCluster,
  hosts: Readonly<Record<string, string>>,
  more: { readonly password?: string; readonly expires?: string } = {},
): void {
  for (const [name, host] of Object.entries(hosts)) {
    pullSecret(cluster, "shop", "mcops.tech/secret-type", { name, host, ...OURS, ...more });
  }
  account(cluster, ...Object.keys(hosts));
}

function account(cluster: EmulatedCluster, ...pullSecrets: string[]): void {
  cluster.putServiceAccount({
    metadata: { namespace: "shop", name: "default" },
    imagePullSecrets: pullSecrets.map((name) => ({ name })),
  });
}

function shopTemplate(cluster: EmulatedCluster, url = `${SHOP_URL}/`): void {
  argocdSecret(cluster, "shop-github", "repo-creds", { type: "git", url, ...READER }, OURS);
}

function shopRepository(cluster: EmulatedCluster, more: Record<string, string> = {}): void {
  const fields = { type: "git", url: `${SHOP_URL}/deploy.git`, ...more };
  argocdSecret(cluster, "shop-deploy", "repository", fields, OURS);
}
