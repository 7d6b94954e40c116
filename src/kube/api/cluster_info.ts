import { resolve } from "node:path";
import { type Current } from "../kubeconfig/judge.ts";

/** The name of the cluster extension for credential plugins. */
const FOR_PLUGINS = "client.authentication.k8s.io/exec";

/**
 * The cluster as passed to a credential plugin in `spec.cluster`, when `provideClusterInfo` is set.
 *
 * Permissions: `--allow-read` of the CA file.
 * @param folder of the kubeconfig, for relative paths
 * @see https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
export async function clusterInfo({ cluster }: Current, folder: string): Promise<object> {
  const file = cluster["certificate-authority"];
  const authority = file === ""
    ? cluster["certificate-authority-data"]
    : await Deno.readFile(resolve(folder, file)).catch(() => new Uint8Array());
  const info = {
    server: cluster.server,
    "tls-server-name": cluster["tls-server-name"],
    "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
    "certificate-authority-data": authority.toBase64(),
    "proxy-url": cluster["proxy-url"],
    "disable-compression": cluster["disable-compression"],
  };
  const given = Object.entries(info).filter(([, value]) => value);
  return { ...Object.fromEntries(given), config: cluster.extensions.get(FOR_PLUGINS) ?? null };
}
