import { resolve } from "node:path";
import { type Current } from "../kubeconfig/judge.ts";

/** The entry of a cluster's extensions that is for plugins. */
const FOR_PLUGINS = "client.authentication.k8s.io/exec";

/**
 * What a credential plugin is told of the cluster, when its user asks for that.
 *
 * Permissions: `--allow-read` of the authority's file.
 * @param folder the kubeconfig's, which a relative path is relative to
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
