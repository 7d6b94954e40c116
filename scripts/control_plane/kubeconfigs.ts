/** The people of the test cluster, and the kubeconfig of each. */
import { join } from "node:path";

/** Namespaces that exist from the start; `two-namespaces` has rights in the first two. */
export const namespaces = ["argocd", "team-a", "team-b"] as const;

export const kubeconfigNames = [
  /** Group system:masters: may do all. */
  "administrator",
  /** Secrets of argocd and team-a: get, list, create, update, delete; nothing else. */
  "two-namespaces",
  /** Secrets and namespaces of the whole cluster: get and list. */
  "reader",
  /** Known to the server, allowed nothing. */
  "no-rights",
  /** A token that the server does not know. */
  "wrong-token",
  /** The administrator, at a port where nothing listens. */
  "closed-port",
] as const;

export type KubeconfigName = typeof kubeconfigNames[number];

/** Below 1024, so that no program gets it as its free port; tcpmux, which nobody runs. */
const closedPort = 1;

export const users = ["administrator", "two-namespaces", "reader", "no-rights"] as const;

/** Random bearer tokens, one a user. */
export type Tokens = Record<typeof users[number], string>;

export function makeTokens(): Tokens {
  return Object.fromEntries(users.map((user) => [user, randomToken()])) as Tokens;
}

function randomToken(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The lines of `--token-auth-file`: token, user, id, groups. */
export function tokenFile(tokens: Tokens): string {
  return users.map((user) => {
    const group = user === "administrator" ? "system:masters" : "testers";
    return `${tokens[user]},${user},${user},"${group}"\n`;
  }).join("");
}

/**
 * @param url of the API server
 * @param ca its certificate authority in PEM
 */
export function kubeconfig(name: KubeconfigName, url: string, ca: string, token: string): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: ${name}
    cluster:
      server: ${url}
      certificate-authority-data: ${btoa(ca)}
users:
  - name: ${name}
    user:
      token: ${token}
contexts:
  - name: ${name}
    context:
      cluster: ${name}
      user: ${name}
current-context: ${name}
`;
}

/** Writes `folder/NAME.kubeconfig` for each name, readable by the owner only. */
export async function writeKubeconfigs(
  folder: string,
  url: string,
  ca: string,
  tokens: Tokens,
): Promise<Record<KubeconfigName, string>> {
  await Deno.mkdir(folder, { mode: 0o700 });
  const paths = kubeconfigPaths(folder);
  for (const name of kubeconfigNames) {
    const server = name === "closed-port" ? `https://127.0.0.1:${closedPort}` : url;
    const user = name === "closed-port" ? "administrator" : name;
    const token = user === "wrong-token" ? randomToken() : tokens[user];
    await Deno.writeTextFile(paths[name], kubeconfig(name, server, ca, token), { mode: 0o600 });
  }
  return paths;
}

export function kubeconfigPaths(folder: string): Record<KubeconfigName, string> {
  const paths = kubeconfigNames.map((name) => [name, join(folder, `${name}.kubeconfig`)]);
  return Object.fromEntries(paths);
}
