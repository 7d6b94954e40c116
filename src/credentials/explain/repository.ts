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
  /** As it may be shown. */
  readonly username?: string;
}

/** A secret by its place and by what it is for. */
export interface NamedSecret extends SecretRef {
  readonly kind: ArgocdSecret["kind"];
  /** As it may be shown. */
  readonly url: string;
  /** Of a repository that is for one project. */
  readonly project?: string;
}

/** One way in which Argo CD may resolve a URL. */
export interface Way {
  /** `null` where the client gets no credential. */
  readonly used: UsedSecret | null;
  /** The repository secret of the URL. */
  readonly repository: NamedSecret | null;
  /** The template that is used for it. */
  readonly template: NamedSecret | null;
  /** The client that reads the source. */
  readonly client: Client;
  /** Keys that the template gives. */
  readonly inherited: readonly string[];
  /** Flags of the repository that the template changes. */
  readonly overwritten: readonly string[];
  /** What the client finds, in the order in which it looks: the first is used. */
  readonly credentials: readonly CredentialName[];
  /** The secret that Argo CD cannot read, so that all Applications of the URL fail. */
  readonly failed: SecretRef | null;
}

export interface RepositoryExplanation extends Way {
  /** As it may be shown. */
  readonly url: string;
  readonly project: string;
  /** Whether several secrets fit equally well: Argo CD takes one of them at random, now this and now that. */
  readonly ambiguous: boolean;
  /** Where it is ambiguous the ways it may go, the first one as told above; the first hundred. */
  readonly possible: readonly Way[];
  /** Secrets that are used, or that a person may expect to be, and why they are or are not. */
  readonly candidates: readonly Candidate[];
  readonly findings: readonly Finding[];
  /** The version of Argo CD whose rules these are. */
  readonly argocdRules: string;
}

/** Each pair of tied secrets is one way, and there may be many of them. */
const MOST_WAYS = 100;

/**
 * Which secret Argo CD uses for a repoURL, and why.
 * @param secrets those of Argo CD's namespace, of any type
 * @param project the Application's
 */
export function explainRepository(
  secrets: readonly StoredSecret[],
  url: string,
  project: string,
): RepositoryExplanation {
  const all = argocdSecrets(secrets).filter(({ isWrite }) => !isWrite);
  const found = new FoundByUrl(all);
  const resolutions = found.resolve(url, project).take(MOST_WAYS).toArray();
  const possible = resolutions.map((each) => wayOf(each, url));
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

function wayOf(resolution: Resolution, url: string): Way {
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

/** Without its values. */
export function namedSecret({ ref, kind, url, project }: ArgocdSecret): NamedSecret {
  return { ...ref, kind, url: shownUrl(url), ...project === "" ? {} : { project } };
}
