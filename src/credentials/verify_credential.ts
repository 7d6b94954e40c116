import type { Credentials } from "../audit/entry.ts";
import { seal } from "../log/sealed.ts";
import { MAX_READ_FOR_REQUEST, ReadBudget } from "../verify/read_budget.ts";
import type { TransportOptions, Verdict, Verifiable } from "../verify/verdict.ts";
import { verifiable } from "./checks/verifiable.ts";
import { type DockerCredential, dockerLogins } from "./kinds/docker_logins.ts";
import { BESIDE, kindOf } from "./kinds/kinds.ts";
import { secretOf } from "./kinds/repository_credential.ts";
import type { RepositoryRequest } from "./kinds/repository.ts";
import { shownUrl, type SpelledUrl } from "./kinds/url.ts";
import { canonicalSealed } from "./material/canonical.ts";

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
  /** When it ends, in ISO time, as it says itself. */
  readonly expires?: string;
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
      asked.credentials.map(({ registry, password }) => [registry, canonicalSealed(password)]),
    );
  }
  const value = secretOf(asked.request);
  return value === undefined
    ? {}
    : Object.fromEntries(asked.request.urls.map(({ url }) => [shownUrl(url.url), value]));
}

/** Tries a docker credential at each of its registries. */
export async function verifyDocker(
  credentials: readonly DockerCredential[],
  verify: VerifyOne,
): Promise<Verified[]> {
  const budget = new ReadBudget(MAX_READ_FOR_REQUEST);
  return await Promise.all(credentials.map(async (credential) => ({
    at: credential.registry,
    verdict: await verify(dockerLogins.tried(credential), budget),
  })));
}

export interface VerifyRepo
  extends Pick<RepositoryRequest, "as" | "type" | "credential" | "clientCertificate" | "options"> {
  readonly urls: readonly SpelledUrl[];
}

/** Tries a repository's credential at each of its URLs. */
export async function verifyRepo(request: VerifyRepo, verify: VerifyOne): Promise<Verified[]> {
  const budget = new ReadBudget(MAX_READ_FOR_REQUEST);
  const ends = expiry(request);
  return await Promise.all(request.urls.map(async (url): Promise<Verified> => {
    const what = asked(request, url);
    const at = { at: url.spelled, ...ends === undefined ? {} : { expires: ends } };
    return typeof what === "string"
      ? { ...at, notTried: what }
      : { ...at, verdict: await verify(what, budget) };
  }));
}

/** Of credential and client certificate the first to end. */
function expiry({ credential, clientCertificate }: VerifyRepo): string | undefined {
  return [
    credential && kindOf(credential).expires?.(credential),
    clientCertificate && BESIDE.expires?.(clientCertificate),
  ].filter((each) => each !== undefined).sort()[0];
}

/** What is to be asked for one URL, or why nothing can be. */
function asked(
  { as, type, credential, clientCertificate: certificate, options }: VerifyRepo,
  { url }: SpelledUrl,
): Verifiable | string {
  const transport: TransportOptions = {
    insecure: options.insecure,
    insecureHttp: options.insecure_oci_http,
    proxy: options.proxy,
    noProxy: options.no_proxy,
    ...(certificate === undefined
      ? {}
      : { tlsClientCert: seal(certificate.cert), tlsClientKey: certificate.key }),
  };
  return verifiable({ as, type, url, credential, transport });
}
