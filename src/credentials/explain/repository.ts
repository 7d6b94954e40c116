import { OAUTH_BASIC } from "../../kube/repository_fields.ts";
import type { SecretRef, StoredSecret } from "../../kube/store.ts";
import { encodeBase64Text } from "../../text/bytes.ts";
import type { Finding } from "../finding.ts";
import { shownUsername } from "../kinds/password.ts";
import { shownUrl } from "../kinds/url.ts";
import { ARGOCD_RULES, type ArgocdSecret, argocdSecrets } from "./argocd_secret.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { type Client, clientOf, type CredentialName, credentialsFor } from "./clients.ts";
import { findingsFor } from "./repository_findings.ts";
import { FoundByUrl, type Resolution } from "./resolve.ts";
import { loginInUrl } from "./url_login.ts";

/** The secret that the credential comes from. */
export interface UsedSecret extends SecretRef {
  readonly kind: ArgocdSecret["kind"];
  readonly credential: CredentialName;
  /** Masked for display. */
  readonly username?: string;
}

/** A secret, and the URL and project that it is for. */
export interface NamedSecret extends SecretRef {
  readonly kind: ArgocdSecret["kind"];
  /** Masked for display. */
  readonly url: string;
  /** Only of a repository that is limited to a project. */
  readonly project?: string;
}

/** One of the possible ways in which Argo CD resolves a URL. */
export interface UrlResolution {
  /** `null` where the client gets no credential. */
  readonly used: UsedSecret | null;
  /** The repository secret of the URL. */
  readonly repository: NamedSecret | null;
  /** The template that is used for it. */
  readonly template: NamedSecret | null;
  /** The client that reads the source. */
  readonly client: Client;
  /** Keys inherited from the template. */
  readonly inherited: readonly string[];
  /** Flags of the repository that the template overwrites. */
  readonly overwritten: readonly string[];
  /** The credentials that the client finds, in its order; the first one is used. */
  readonly credentials: readonly CredentialName[];
  /** The secret that Argo CD cannot parse, because of which all Applications with the URL fail. */
  readonly failed: SecretRef | null;
}

export interface RepositoryExplanation extends UrlResolution {
  /** Masked for display. */
  readonly url: string;
  readonly project: string;
  /** Whether several secrets match equally well, so that Argo CD picks one of them at random each time. */
  readonly ambiguous: boolean;
  /** If ambiguous, the first hundred possible resolutions; the first of them is the one above. */
  readonly possible: readonly UrlResolution[];
  /** Secrets that Argo CD uses, or that a person may expect it to use, with the reasons. */
  readonly candidates: readonly Candidate[];
  readonly findings: readonly Finding[];
  /** The Argo CD version whose rules were applied. */
  readonly argocdRules: string;
}

/** The most resolutions that are returned: every pair of equally matching secrets is one. */
const MOST_RESOLUTIONS = 100;

/**
 * Explains which secret Argo CD uses for a repoURL, and why.
 * @param secrets of Argo CD's namespace, of any type
 * @param project of the Application
 */
export function explainRepository(
  secrets: readonly StoredSecret[],
  url: string,
  project: string,
): RepositoryExplanation {
  const all = argocdSecrets(secrets).filter(({ isWrite }) => !isWrite);
  const found = new FoundByUrl(all);
  const resolutions = found.resolve(url, project).take(MOST_RESOLUTIONS).toArray();
  const possible = resolutions.map((each) => urlResolution(each, url));
  return {
    ...possible[0]!,
    url: shownUrl(url),
    project,
    ambiguous: possible.length > 1,
    possible: possible.length > 1 ? possible : [],
    candidates: candidatesOf(all, found, url, project),
    findings: [
      ...loginInUrl(url, possible.map(({ client }) => client)),
      ...findingsFor(all, found, url, project),
    ],
    argocdRules: ARGOCD_RULES,
  };
}

function urlResolution(resolution: Resolution, url: string): UrlResolution {
  const { repository, template, failed, fields, inherited, overwritten } = resolution;
  const all = fields.reveal();
  const client = clientOf(url, all);
  const found = failed === undefined ? credentialsFor(client, all) : [];
  return {
    used: usedOf(resolution, found[0]),
    repository: repository === undefined ? null : namedSecret(repository),
    template: template === undefined ? null : namedSecret(template),
    client,
    inherited,
    overwritten,
    credentials: found.map(({ credential }) => credential),
    failed: failed?.ref ?? null,
  };
}

function usedOf(
  { repository, template, fields, inherited, overwritten }: Resolution,
  found: ReturnType<typeof credentialsFor>[number] | undefined,
): UsedSecret | null {
  if (found === undefined) return null;
  const isInherited = [...inherited, ...overwritten].includes(found.key);
  const secret = (isInherited ? template : repository) ?? template;
  if (secret === undefined) return null;
  const { username, password } = fields.reveal();
  const usernameIsToken = typeof password === "string" &&
    encodeBase64Text(password) === OAUTH_BASIC;
  const shown = found.credential === "password" && typeof username === "string"
    ? shownUsername({ username, usernameIsToken })
    : undefined;
  return {
    ...secret.ref,
    kind: secret.kind,
    credential: found.credential,
    ...shown === undefined ? {} : { username: shown },
  };
}

/** The secret without its values. */
export function namedSecret({ ref, kind, url, project }: ArgocdSecret): NamedSecret {
  return { ...ref, kind, url: shownUrl(url), ...project === "" ? {} : { project } };
}
