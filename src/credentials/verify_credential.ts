import type { Credentials } from "../audit/entry.ts";
import { seal } from "../log/sealed.ts";
import { MAX_READ_FOR_REQUEST, ReadBudget } from "../verify/read_budget.ts";
import type { TransportOptions, Verdict, Verifiable } from "../verify/verdict.ts";
import { verifiable } from "./checks/verifiable.ts";
import { type DockerCredential, dockerLogins } from "./kinds/docker_logins.ts";
import { CLIENT_CERTIFICATE, credentialKindOf } from "./kinds/kinds.ts";
import { secretOf } from "./kinds/repository_credential.ts";
import type { RepositoryRequest } from "./kinds/repository.ts";
import { shownUrl, type SpelledUrl } from "./kinds/url.ts";
import { canonicalSealed } from "./material/canonical.ts";

/**
 * Verifies one credential at its registry, Git server or issuer.
 * @param budget limits the bytes that the request reads from servers
 */
export type VerifyOne = (what: Verifiable, budget: ReadBudget) => Promise<Verdict>;

/** The result of verifying a credential at one registry or URL. */
export interface VerificationResult {
  /** The registry's host, or the URL as the user spelled it. */
  readonly at: string;
  /** Absent when the credential cannot be verified. */
  readonly verdict?: Verdict;
  /** Why the credential cannot be verified; only its form was checked. */
  readonly notVerified?: string;
  /** When the credential expires, as its own value says; ISO 8601. */
  readonly expires?: string;
}

/**
 * Whether every server that could verify the credential accepted it, or is open to anyone. A credential
 * that cannot be verified counts as accepted.
 */
export function isAccepted(verified: readonly VerificationResult[]): boolean {
  return verified.every(({ verdict }) =>
    verdict === undefined || verdict.accepted || verdict.open === true
  );
}

/** The values to verify, by registry or URL, for the audit log. */
export function credentialsToVerify(
  subject:
    | { readonly kind: "docker"; readonly credentials: readonly DockerCredential[] }
    | { readonly kind: "repo"; readonly request: VerifyRepo },
): Credentials {
  if (subject.kind === "docker") {
    return Object.fromEntries(
      subject.credentials.map(({ registry, password }) => [registry, canonicalSealed(password)]),
    );
  }
  const value = secretOf(subject.request);
  return value === undefined
    ? {}
    : Object.fromEntries(subject.request.urls.map(({ url }) => [shownUrl(url.url), value]));
}

/** Verifies docker logins, each at its registry. */
export async function verifyDocker(
  credentials: readonly DockerCredential[],
  verify: VerifyOne,
): Promise<VerificationResult[]> {
  const budget = new ReadBudget(MAX_READ_FOR_REQUEST);
  return await Promise.all(credentials.map(async (credential) => ({
    at: credential.registry,
    verdict: await verify(dockerLogins.verifyWith(credential), budget),
  })));
}

export interface VerifyRepo
  extends Pick<RepositoryRequest, "as" | "type" | "credential" | "clientCertificate" | "options"> {
  readonly urls: readonly SpelledUrl[];
}

/** Verifies a repository's credential at each of its URLs. */
export async function verifyRepo(
  request: VerifyRepo,
  verify: VerifyOne,
): Promise<VerificationResult[]> {
  const budget = new ReadBudget(MAX_READ_FOR_REQUEST);
  const ends = expiry(request);
  return await Promise.all(request.urls.map(async (url): Promise<VerificationResult> => {
    const what = verifiableFor(request, url);
    const at = { at: url.spelled, ...ends === undefined ? {} : { expires: ends } };
    return typeof what === "string"
      ? { ...at, notVerified: what }
      : { ...at, verdict: await verify(what, budget) };
  }));
}

/** When the credential or the client certificate expires, whichever is first. */
function expiry({ credential, clientCertificate }: VerifyRepo): string | undefined {
  return [
    credential && credentialKindOf(credential).expires?.(credential),
    clientCertificate && CLIENT_CERTIFICATE.expires?.(clientCertificate),
  ].filter((each) => each !== undefined).sort()[0];
}

/** What to verify for one URL, or why it cannot be verified. */
function verifiableFor(
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
