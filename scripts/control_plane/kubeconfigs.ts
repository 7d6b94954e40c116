/** The users of the test cluster, and their kubeconfigs. */
import { join } from "node:path";
import { type ConnectionName, connectionNames, connections, type Wiring } from "./connections.ts";
import { closedPortUrl, kubeconfig } from "./kubeconfig_text.ts";
import { randomToken } from "./tokens.ts";

/** Namespaces that exist from the start; `two-namespaces` has rights in the first two. */
export const namespaces = ["argocd", "team-a", "team-b"] as const;

/**
 * Users with a token in a self-contained kubeconfig. `connectionNames` has the other kubeconfigs: ways for
 * the administrator to connect.
 */
export const kubeconfigNames = [
  /** Group system:masters: all rights. */
  "administrator",
  /** Secrets of argocd and team-a: get, list, create, update, delete; nothing else. */
  "two-namespaces",
  /** Secrets and namespaces of the whole cluster: get and list. */
  "reader",
  /** Known to the server, without rights. */
  "no-rights",
  /** A token that the server does not know. */
  "wrong-token",
  /** The administrator, at a port where nothing listens. */
  "closed-port",
] as const;

export type KubeconfigName = typeof kubeconfigNames[number] | ConnectionName;

/** Writes `folder/NAME.kubeconfig` for each name, readable by the owner only. */
export async function writeKubeconfigs(
  folder: string,
  wiring: Wiring,
): Promise<Record<KubeconfigName, string>> {
  await Deno.mkdir(folder, { mode: 0o700 });
  const paths = kubeconfigPaths(folder);
  const texts: Record<KubeconfigName, string> = { ...people(wiring), ...connections(wiring) };
  for (const name of [...kubeconfigNames, ...connectionNames]) {
    await Deno.writeTextFile(paths[name], texts[name], { mode: 0o600 });
  }
  return paths;
}

function people({ url, ca, tokens }: Wiring): Record<typeof kubeconfigNames[number], string> {
  const texts = kubeconfigNames.map((name) => {
    const server = name === "closed-port" ? closedPortUrl : url;
    const user = name === "closed-port" ? "administrator" : name;
    const token = user === "wrong-token" ? randomToken() : tokens[user];
    const cluster = { server, "certificate-authority-data": btoa(ca) };
    return [name, kubeconfig([{ name, cluster, user: { token } }])];
  });
  return Object.fromEntries(texts);
}

export function kubeconfigPaths(folder: string): Record<KubeconfigName, string> {
  const paths = [...kubeconfigNames, ...connectionNames]
    .map((name) => [name, join(folder, `${name}.kubeconfig`)]);
  return Object.fromEntries(paths);
}
