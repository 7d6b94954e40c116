import { resolve } from "node:path";
import { type Current, hasCertificate } from "../kubeconfig/judge.ts";

/** Whether the user's auth provider is used; a token or user name takes precedence. */
export function asksAuthProvider({ user, isTls }: Current): boolean {
  return isTls && user["auth-provider"] !== undefined && user.token === "" &&
    user.tokenFile === "" && user.username === "";
}

/**
 * The kubeconfig with an auth provider that is passed to the library: only the current context, without
 * fields that kubectl would ignore, and without those that are handled here (token files, exec plugins,
 * impersonation).
 * @param folder of the kubeconfig, for relative paths
 */
export function contentFor({ server, cluster, user }: Current, folder: string): object {
  const path = (given: string) => given === "" ? undefined : resolve(folder, given);
  const data = (bytes: Uint8Array) => bytes.length === 0 ? undefined : bytes.toBase64();
  const provider = user["auth-provider"];
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "current",
    contexts: [{ name: "current", context: { cluster: "current", user: "current" } }],
    clusters: [{
      name: "current",
      cluster: {
        server: server.href,
        "certificate-authority": path(cluster["certificate-authority"]),
        "certificate-authority-data": data(cluster["certificate-authority-data"]),
        "insecure-skip-tls-verify": cluster["insecure-skip-tls-verify"],
        "tls-server-name": cluster["tls-server-name"] || undefined,
        "proxy-url": cluster["proxy-url"] || undefined,
      },
    }],
    users: [{
      name: "current",
      user: {
        ...(hasCertificate(user)
          ? {
            "client-certificate": path(user["client-certificate"]),
            "client-certificate-data": data(user["client-certificate-data"]),
            "client-key": path(user["client-key"]),
            "client-key-data": data(user["client-key-data"]),
          }
          : {}),
        "auth-provider": provider && {
          name: provider.name,
          config: Object.fromEntries(provider.config),
        },
      },
    }],
  };
}
