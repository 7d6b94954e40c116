import { PUBLIC_ISSUERS } from "../../verify/issuers.ts";
import type { Verifiable } from "../../verify/verdict.ts";
import { registryName } from "../kinds/registry.ts";
import { keyed } from "./keyed.ts";

/** Keys that tell checks apart. Equal parts make equal keys, and no key reveals a value. */
export interface LoginKeys {
  /** Of the whole check: value, user, server, path and transport. */
  readonly whole: string;
  /** Of the login and the host that receives it. */
  readonly login: string;
  /** Of the server (scheme, host and port) and the transport. */
  readonly server: string;
  /** Of the proxy and its login, where the secret names one. */
  readonly proxy: string | undefined;
}

/** Returns a function that makes these keys with a random key of the process. */
export function loginKeys(): (what: Verifiable) => LoginKeys {
  const of = keyed();
  return (what) => {
    const { transport } = what;
    const host = serverHostOf(what);
    // Computed lazily: most callers need one of them.
    return {
      get whole() {
        return of(what.kind === "registry" ? { ...what, host } : what);
      },
      get login() {
        return of(host, loginOf(what), transport.tlsClientKey);
      },
      get server() {
        return of(serverOf(what), transport);
      },
      get proxy() {
        return transport.proxy === undefined ? undefined : of(transport.proxy);
      },
    };
  };
}

/** The host that receives the credential. Docker Hub's names all give the same one. */
export function serverHostOf(what: Verifiable): string {
  return serverOf(what).host;
}

/** The server that answers: ports of one host, and `http` and `https`, are different servers. */
function serverOf(what: Verifiable): { readonly scheme?: string; readonly host: string } {
  // A registry's scheme is part of its transport.
  if (what.kind === "registry") return { host: registryName(what.host) };
  const url = urlOf(what);
  if (!URL.canParse(url)) return { host: url };
  const { protocol: scheme, host } = new URL(url);
  return { scheme, host };
}

function urlOf(what: Exclude<Verifiable, { readonly kind: "registry" }>): string {
  if (what.kind === "google_key") return PUBLIC_ISSUERS.googleCertificates;
  return what.kind === "github_app" ? what.enterpriseUrl ?? "https://api.github.com" : what.url;
}

function loginOf(what: Verifiable): readonly unknown[] {
  if (what.kind === "google_key") return [what.key];
  return what.kind === "github_app"
    ? [what.id, what.installationId, what.privateKey]
    : [what.username, what.password, what.kind === "git" ? what.bearerToken : undefined];
}
