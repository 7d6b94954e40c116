import { PUBLIC_ISSUERS } from "../../verify/issuers.ts";
import type { Verifiable } from "../../verify/verdict.ts";
import { registryName } from "../kinds/registry.ts";
import { keyed } from "./keyed.ts";

/** What tells tries apart. Each is the same for the same, and tells nothing of a value. */
export interface LoginKeys {
  /** Of the whole: value, user, place and the way there. */
  readonly whole: string;
  /** Of the login and the host that gets to see it. */
  readonly login: string;
  /** Of the server, by its scheme, host and port, and the way there. */
  readonly way: string;
  /** Of the proxy with its login, where the secret names one. */
  readonly proxy: string | undefined;
}

/** Makes them by a key that ends with the process. */
export function loginKeys(): (what: Verifiable) => LoginKeys {
  const of = keyed();
  return (what) => {
    const { transport } = what;
    const host = hostOf(what);
    // Most of those who ask need one of them.
    return {
      get whole() {
        return of(what.kind === "registry" ? { ...what, host } : what);
      },
      get login() {
        return of(host, loginOf(what), transport.tlsClientKey);
      },
      get way() {
        return of(serverOf(what), transport);
      },
      get proxy() {
        return transport.proxy === undefined ? undefined : of(transport.proxy);
      },
    };
  };
}

/** Whose server it is shown to, however it is asked there. Docker Hub has several names. */
export function hostOf(what: Verifiable): string {
  return serverOf(what).host;
}

/** Who answers: what listens at one port of a host says nothing of another, nor `http` of `https`. */
function serverOf(what: Verifiable): { readonly scheme?: string; readonly host: string } {
  // By which scheme a registry is asked its transport says.
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
