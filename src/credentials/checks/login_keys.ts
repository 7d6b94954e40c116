import { createHmac, randomBytes } from "node:crypto";
import { Sealed } from "../../log/sealed.ts";
import { PUBLIC_ISSUERS } from "../../verify/issuers.ts";
import type { Verifiable } from "../../verify/verdict.ts";
import { registryName } from "../kinds/registry.ts";

/** What tells tries apart. Each is the same for the same, and tells nothing of a value. */
export interface LoginKeys {
  /** Of the whole: value, user, place and the way there. */
  readonly whole: string;
  /** Of the login and the host that gets to see it. */
  readonly login: string;
  /** Of the host and the way there. */
  readonly way: string;
  /** Of the proxy with its login, where the secret names one. */
  readonly proxy: string | undefined;
}

/** Makes them by a key that ends with the process. */
export function loginKeys(): (what: Verifiable) => LoginKeys {
  const key = randomBytes(32);
  const of = (...parts: readonly unknown[]) =>
    createHmac("sha256", key).update(JSON.stringify(parts.map(opened))).digest("base64url");
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
        return of(host, transport);
      },
      get proxy() {
        return transport.proxy === undefined ? undefined : of(transport.proxy);
      },
    };
  };
}

/** Whose server it is shown to. Docker Hub has several names. */
export function hostOf(what: Verifiable): string {
  if (what.kind === "registry") return registryName(what.host);
  if (what.kind === "google_key") return new URL(PUBLIC_ISSUERS.googleCertificates).host;
  const url = what.kind === "github_app"
    ? what.enterpriseUrl ?? "https://api.github.com"
    : what.url;
  return URL.canParse(url) ? new URL(url).host : url;
}

function loginOf(what: Verifiable): readonly unknown[] {
  if (what.kind === "google_key") return [what.key];
  return what.kind === "github_app"
    ? [what.id, what.installationId, what.privateKey]
    : [what.username, what.password, what.kind === "git" ? what.bearerToken : undefined];
}

/** With its values in the open, and its fields in one order. */
function opened(value: unknown): unknown {
  if (value instanceof Sealed) return ["sealed", value.reveal()];
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(opened);
  return Object.entries(value).filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1).map(([name, each]) => [name, opened(each)]);
}
