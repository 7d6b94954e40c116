import type { Credentials } from "../audit/audit_log.ts";
import { seal } from "../log/sealed.ts";
import { MAX_READ_FOR_REQUEST, ReadBudget } from "../verify/read_budget.ts";
import type { TransportOptions, Verdict, Verifiable } from "../verify/verdict.ts";
import type { DockerCredential } from "./kinds/docker.ts";
import { secretOf } from "./kinds/repository_credential.ts";
import { shownUrl } from "./kinds/url.ts";
import { hostOfRegistry } from "./kinds/registry.ts";
import type { RepositoryRequest } from "./kinds/repository.ts";
import type { SpelledUrl } from "./kinds/url.ts";

/**
 * Tries one credential.
 * @param budget of the request, for what is read of answers
 */
export type VerifyOne = (what: Verifiable, budget: ReadBudget) => Promise<Verdict>;

/** What came of trying a credential at one place. */
export interface Verified {
  /** The registry's host, or the URL as the user spelled it. */
  readonly at: string;
  /** Absent when it cannot be tried without using it. */
  readonly verdict?: Verdict;
  /** Why it cannot be tried; then it was looked at only. */
  readonly notTried?: string;
}

/**
 * Whether nothing speaks against a credential: wherever it could be tried it is accepted, or nobody
 * asks for one.
 */
export function isAccepted(verified: readonly Verified[]): boolean {
  return verified.every(({ verdict }) =>
    verdict === undefined || verdict.accepted || verdict.open === true
  );
}

/** The values that are tried, by the place where each is. */
export function credentialsOf(
  asked:
    | { readonly kind: "docker"; readonly credentials: readonly DockerCredential[] }
    | { readonly kind: "repo"; readonly request: VerifyRepo },
): Credentials {
  if (asked.kind === "docker") {
    return Object.fromEntries(
      asked.credentials.map(({ registry, password }) => [registry, password]),
    );
  }
  const { urls, credential, clientCertificate } = asked.request;
  const value = credential === undefined ? clientCertificate?.key : secretOf(credential);
  return value === undefined
    ? {}
    : Object.fromEntries(urls.map(({ url }) => [shownUrl(url.url), value]));
}

/** Tries a docker credential at each of its registries. */
export async function verifyDocker(
  credentials: readonly DockerCredential[],
  verify: VerifyOne,
): Promise<Verified[]> {
  const budget = new ReadBudget(MAX_READ_FOR_REQUEST);
  return await Promise.all(credentials.map(async ({ registry, username, password }) => {
    // Below a path no repository is known that could be asked for.
    const host = hostOfRegistry(registry);
    const login = { kind: "registry", host, username, password, transport: {} } as const;
    return { at: registry, verdict: await verify(login, budget) };
  }));
}

export interface VerifyRepo
  extends Pick<RepositoryRequest, "as" | "type" | "credential" | "clientCertificate" | "options"> {
  readonly urls: readonly SpelledUrl[];
}

/** Tries a repository's credential at each of its URLs. */
export async function verifyRepo(request: VerifyRepo, verify: VerifyOne): Promise<Verified[]> {
  const budget = new ReadBudget(MAX_READ_FOR_REQUEST);
  return await Promise.all(request.urls.map(async (url): Promise<Verified> => {
    const what = verifiable(request, url);
    return typeof what === "string"
      ? { at: url.spelled, notTried: what }
      : { at: url.spelled, verdict: await verify(what, budget) };
  }));
}

/** What is to be asked for one URL, or why nothing can be. */
function verifiable(request: VerifyRepo, { url }: SpelledUrl): Verifiable | string {
  const { as, type, credential, clientCertificate: certificate, options } = request;
  const transport: TransportOptions = {
    insecure: options.insecure,
    insecureHttp: options.insecureOciHttp,
    proxy: options.proxy,
    noProxy: options.noProxy,
    ...(certificate === undefined
      ? {}
      : { tlsClientCert: seal(certificate.cert), tlsClientKey: certificate.key }),
  };
  const login = credential?.kind === "password"
    ? { username: credential.username, password: credential.password }
    : {};
  if (credential?.kind === "github_app") {
    const { id, installationId, privateKey, enterpriseUrl } = credential;
    return { kind: "github_app", id, installationId, privateKey, enterpriseUrl, transport };
  }
  if (url.oci) {
    const [host = "", ...parts] = url.url.replace(/^oci:\/\//, "").split("/");
    const path = parts.join("/").replace(/\/$/, "");
    // Below a template's prefix no repository is known.
    const repository = as === "repo-creds" || path === "" ? {} : { repository: path };
    return { kind: "registry", host, ...repository, ...login, transport };
  }
  if (as === "repo-creds") return "a template names no repository that could be asked";
  if (credential?.kind === "ssh_private_key" || url.over === "ssh") {
    return "the key can be read; by SSH it is not tried";
  }
  if (credential?.kind === "gcp_service_account_key") {
    return "the key can be read; Google is not asked for a token";
  }
  if (type === "helm") return { kind: "helm", url: url.url, ...login, transport };
  const bearer = credential?.kind === "bearer_token" ? { bearerToken: credential.token } : {};
  return { kind: "git", url: url.url, ...login, ...bearer, transport };
}
