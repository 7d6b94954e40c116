import type { EmulatedCluster } from "../emulator/cluster.ts";
import { encodeBase64Text } from "../text/bytes.ts";

/** The credential of most secrets. */
export const READER = { username: "demo-reader", password: "demo-password" };

/**
 * Fills the cluster of a small team. None of the values is a real credential, and the documents' examples
 * write none of the names and URLs.
 */
export function seedTestCluster(cluster: EmulatedCluster): void {
  for (const namespace of ["argocd", "team-a", "team-b"]) cluster.addNamespace(namespace);
  argocd(cluster, "v3.2.0");
  pullSecret(cluster, "team-a", "mcops.tech/secret-type");
  pullSecret(cluster, "team-b", "jjo.finance/secret-type");
  argocdSecret(cluster, "team-charts", "repository", {
    name: "team-charts",
    type: "helm",
    url: "https://helm.example.net/team",
    ...READER,
  });
  argocdSecret(cluster, "app-of-apps", "repository", {
    type: "git",
    url: "https://github.com/example/app-of-apps.git",
    ...READER,
  });
  argocdSecret(cluster, "github", "repo-creds", {
    type: "git",
    url: "https://github.com/example/",
    ...READER,
  });
}

/** Fills the production cluster of the same team. */
export function seedProductionCluster(cluster: EmulatedCluster): void {
  for (const namespace of ["argocd", "shop", "billing"]) {
    cluster.addNamespace(namespace);
    pullSecret(cluster, namespace, "mcops.tech/secret-type");
  }
  argocd(cluster, "v2.14.11");
  argocdSecret(cluster, "charts", "repository", {
    name: "charts",
    type: "helm",
    enableOCI: "true",
    url: "registry.example.com/charts",
    ...READER,
  });
  argocdSecret(cluster, "old-charts", "helm-repo-creds", {
    url: "https://charts.example.com",
    ...READER,
  });
}

/** Installs Argo CD: a deployment that shows its version. */
export function argocd(cluster: EmulatedCluster, version: string): void {
  cluster.addNamespace("argocd");
  cluster.deployments = [{
    namespace: "argocd",
    name: "argocd-server",
    labels: {
      "app.kubernetes.io/component": "server",
      "app.kubernetes.io/part-of": "argocd",
    },
    image: `quay.io/argoproj/argocd:${version}`,
  }];
}

interface PullSecret extends Stored {
  /** @default "registry" */
  readonly name?: string;
  /** The key of its one entry. @default "ghcr.io" */
  readonly host?: string;
  /** @default READER.username */
  readonly username?: string;
  /** @default READER.password */
  readonly password?: string;
}

/** Labels and annotations of a secret. */
export interface Stored {
  /** Whether it is managed by argocd-configurer. @default false */
  readonly isManaged?: boolean;
  /** The declared expiry, as ISO time. */
  readonly expires?: string;
}

/** Adds a pull secret with this label. */
export function pullSecret(
  cluster: EmulatedCluster,
  namespace: string,
  label: string,
  { name = "registry", host = "ghcr.io", ...more }: PullSecret = {},
): void {
  const { username = READER.username, password = READER.password } = more;
  const { labels, annotations } = marksOf(more);
  cluster.put({
    metadata: { namespace, name, labels: { [label]: "docker-creds", ...labels }, annotations },
    type: "kubernetes.io/dockerconfigjson",
    stringData: {
      ".dockerconfigjson": JSON.stringify({ auths: { [host]: loginOf(username, password) } }),
    },
  });
}

/** Adds a pull secret in the format before Kubernetes 1.2, without a label, so that no list shows it. */
export function legacyPullSecret(
  cluster: EmulatedCluster,
  namespace: string,
  name: string,
  host: string,
  { username, password }: { readonly username: string; readonly password: string } = READER,
): void {
  cluster.put({
    metadata: { namespace, name },
    type: "kubernetes.io/dockercfg",
    stringData: { ".dockercfg": JSON.stringify({ [host]: loginOf(username, password) }) },
  });
}

function loginOf(username: string, password: string) {
  return { username, password, auth: encodeBase64Text(`${username}:${password}`) };
}

/** Adds a secret of Argo CD with these fields. */
export function argocdSecret(
  cluster: EmulatedCluster,
  name: string,
  secretType: string,
  stringData: Record<string, string>,
  stored: Stored = {},
): void {
  const { labels, annotations } = marksOf(stored);
  const type = { "argocd.argoproj.io/secret-type": secretType };
  cluster.put({
    metadata: { namespace: "argocd", name, labels: { ...type, ...labels }, annotations },
    type: "Opaque",
    stringData,
  });
}

type Marks = Readonly<Record<"labels" | "annotations", Readonly<Record<string, string>>>>;

function marksOf({ isManaged = false, expires }: Stored): Marks {
  return {
    labels: isManaged ? { "app.kubernetes.io/managed-by": "argocd-configurer" } : {},
    annotations: expires === undefined ? {} : { "argocd-configurer.io/expires": expires },
  };
}

const HOUR = 60 * 60 * 1000;

/** The full hour after this many days, as ISO time, so that secrets made together expire together. */
export function inDays(days: number): string {
  const hour = Math.ceil((Date.now() + days * 24 * HOUR) / HOUR);
  return new Date(hour * HOUR).toISOString().replace(".000Z", "Z");
}
