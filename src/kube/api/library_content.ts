import { resolve } from "node:path";
import type { Current } from "../kubeconfig/judge.ts";

/** Whether its user's auth provider is asked: a token or a name stands in for it. */
export function asksAuthProvider({ user, isTls }: Current): boolean {
  return isTls && user["auth-provider"] !== undefined && user.token === "" &&
    user.tokenFile === "" && user.username === "";
}

/**
 * The kubeconfig that the library gets: the current context alone, with nothing that kubectl would
 * leave aside and nothing that is done without the library (token files, exec plugins,
 * impersonation).
 * @param folder the kubeconfig's, which relative paths are relative to
 */
export function contentFor(current: Current, folder: string): object {
  const { server, cluster, user, isTls } = current;
  const path = (given: string) => given === "" ? undefined : resolve(folder, given);
  const data = (bytes: Uint8Array) => bytes.length === 0 ? undefined : bytes.toBase64();
  const hasCertificate = user["client-certificate"] !== "" ||
    user["client-certificate-data"].length > 0;
  // The library would prefer what it says to a token.
  const provider = asksAuthProvider(current) ? user["auth-provider"] : undefined;
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
      user: !isTls ? {} : {
        ...(hasCertificate
          ? {
            "client-certificate": path(user["client-certificate"]),
            "client-certificate-data": data(user["client-certificate-data"]),
            "client-key": path(user["client-key"]),
            "client-key-data": data(user["client-key-data"]),
          }
          : {}),
        token: user.token || undefined,
        username: user.username || undefined,
        password: user.username === "" ? undefined : user.password,
        "auth-provider": provider && {
          name: provider.name,
          config: Object.fromEntries(provider.config),
        },
      },
    }],
  };
}
