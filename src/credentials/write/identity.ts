import { refKey, refOf, type SecretSummary, type Snapshot } from "../../kube/store.ts";
import { comparableUrl } from "../kinds/comparable_url.ts";
import type { DesiredSecret, RepositoryIdentity } from "../kinds/desired_secret.ts";
import { identityOf, keepingUrl } from "../kinds/repository.ts";
import { shownUrl } from "../kinds/url.ts";
import type { Refusal } from "./target.ts";

/** A repository or template secret in Argo CD's namespace, and its identity to Argo CD. */
export interface IdentifiedSecret extends SecretSummary {
  readonly identity: Required<RepositoryIdentity>;
}

/** Computes the identity once: a cluster may have thousands of these secrets. */
export function withIdentity(secret: SecretSummary): IdentifiedSecret {
  return { ...secret, identity: identityOf(secret) };
}

/** The secret's URL, with credentials in it masked. */
export function urlShown({ repository }: SecretSummary): string {
  return shownUrl(repository?.url ?? "");
}

/** Whether a secret is for this URL to Argo CD, in any project. */
export function isFor(
  { secretType, url }: RepositoryIdentity,
  { identity }: IdentifiedSecret,
): boolean {
  return identity.secretType === secretType && identity.url === url;
}

export interface SecretPlacement {
  /** The desired secret, under the name to write it to. */
  readonly desired: DesiredSecret;
  /** Templates with another spelling of the URL; they get the same credential. */
  readonly spellings: readonly DesiredSecret[];
  /** Hints for the user. */
  readonly hints: readonly string[];
}

export type Placement = SecretPlacement | { readonly refusal: Refusal };

type Wanted = DesiredSecret & { readonly identity: RepositoryIdentity };

/**
 * Decides which secret to write for a repository or template. Of two secrets with the same URL and
 * project, Argo CD picks one at random, so a second one is never created: with `upsert` the secret that
 * has the URL already is replaced, whatever its name, and otherwise the write is refused.
 * @param others the repository and template secrets of the namespace
 */
export function placeByIdentity(
  desired: DesiredSecret,
  others: readonly IdentifiedSecret[],
  snapshot: Snapshot,
  upsert: boolean,
): Placement {
  const { identity: wanted } = desired;
  if (wanted === undefined) return { desired, spellings: [], hints: [] };
  const own = others.find(({ name }) => name === desired.name);
  // A replacement keeps the secret's project, unless the request names another one.
  const project = wanted.project ?? own?.repository?.project ?? "";
  const identity = { ...wanted, project };
  const same = others.filter((other) => isFor(identity, other));
  const isHeldBy = (other: IdentifiedSecret) => other.identity.project === identity.project;
  const holding = same.filter((other) => other.name !== desired.name && isHeldBy(other));
  const elsewhere = same.filter((other) => other.name !== desired.name && !isHeldBy(other));
  const hints = [...lostUrlHints(own, identity), ...elsewhere.map(otherProjectHint)];

  const refused = (holders: readonly IdentifiedSecret[]): Placement => ({
    refusal: { kind: "identity", ref: refOf(desired), holders: holders.map(({ name }) => name) },
  });
  const ownIsThere = snapshot.secrets.has(refKey(desired));
  const holdingOwn = same.find((other) => other.name === desired.name && isHeldBy(other));
  // Without upsert, a secret of this name is refused by the plan with the more exact reason `exists`.
  if (ownIsThere && !upsert) return { desired, spellings: [], hints };
  if (holdingOwn === undefined) {
    if (holding.length === 0) return { desired, spellings: [], hints };
    if (!upsert || ownIsThere) return refused(holding);
  }
  const groups = bySpelling([...holdingOwn === undefined ? [] : [holdingOwn], ...holding]);
  const twice = groups.filter(([first, second]) => second !== undefined && first !== holdingOwn);
  if (twice.length > 0) return refused(twice.flat());
  // A secret of another repository type serves another purpose, and the request did not name it.
  const picked = groups.map(([first]) => first!).filter((secret) =>
    secret === holdingOwn || typeOf(secret) === desired.repositoryType
  );
  if (picked.length === 0) return refused(holding);
  // Argo CD prefers the longest prefix, so a template with the slash would hide the new credential.
  const longer = groups.map(([first]) => first!).filter((secret) =>
    !picked.includes(secret) && !matchesLonger(secret)
  );
  if (longer.length > 0) return refused(longer);
  // The secret of the requested name comes first, then the spelling that this program writes.
  const rank = (secret: IdentifiedSecret) =>
    secret === holdingOwn ? 0 : endsWithSlash(secret) ? 1 : 2;
  picked.sort((a, b) => rank(a) - rank(b));
  const [main, ...more] = picked.map((secret) => placedOn(desired as Wanted, secret));
  return {
    desired: main!,
    spellings: more,
    hints: [
      ...hints,
      ...duplicateHints(groups.flatMap(([first, ...rest]) => picked.includes(first!) ? rest : [])),
      ...groups.flatMap(([first]) => picked.includes(first!) ? [] : [otherTypeHint(first!)]),
      ...picked.flatMap((secret, i) => replacedHints(secret, desired, i === 0)),
    ],
  };
}

/** Hints about a secret that is replaced. */
function replacedHints(
  secret: IdentifiedSecret,
  desired: DesiredSecret,
  isFirst: boolean,
): string[] {
  const { name } = secret;
  const url = urlShown(secret);
  const hints: string[] = [];
  if (name !== desired.name) {
    hints.push(
      isFirst
        ? `Secret '${name}' already had this URL, so it was replaced instead`
        : `Template '${name}' has the same URL (${url}) and was replaced, too`,
    );
  }
  if (matchesLonger(secret)) {
    hints.push(
      `Template '${name}' keeps its URL ${url} without a trailing slash, so that nobody loses ` +
        `access: Argo CD also uses it for longer names, such as ${longerName(url)}`,
    );
  }
  return hints;
}

/** `desired` under the name of the secret that it replaces. A template keeps the spelling of its URL. */
function placedOn(desired: Wanted, secret: IdentifiedSecret): DesiredSecret {
  const placed = { ...desired, name: secret.name };
  if (desired.identity.secretType !== "repo-creds") return placed;
  return { ...keepingUrl(placed), ...(matchesLonger(secret) ? { matchesLonger: true } : {}) };
}

/**
 * Groups secrets whose URLs are equal to Argo CD; the order within a group stays. All secrets of one
 * repository are one group; templates with and without a trailing slash are two.
 */
function bySpelling(secrets: readonly IdentifiedSecret[]): IdentifiedSecret[][] {
  return [
    ...Map.groupBy(secrets, ({ repository }) => comparableUrl(repository?.url ?? "")).values(),
  ];
}

function endsWithSlash({ repository }: IdentifiedSecret): boolean {
  return comparableUrl(repository?.url ?? "").endsWith("/");
}

function matchesLonger(secret: IdentifiedSecret): boolean {
  return secret.identity.secretType === "repo-creds" && !endsWithSlash(secret);
}

/** An example of another repository that a template without a trailing slash matches. */
function longerName(url: string): string {
  return `${url.trim().replace(/\.git$/i, "")}-other`;
}

function duplicateHints(secrets: readonly IdentifiedSecret[]): string[] {
  if (secrets.length === 0) return [];
  const names = secrets.map(({ name }) => `'${name}'`).join(", ");
  const have = secrets.length === 1 ? "has" : "have";
  return [`${names} also ${have} the same URL and project: Argo CD picks one at random`];
}

function otherTypeHint(secret: IdentifiedSecret): string {
  return `Template '${secret.name}' has the same URL (${urlShown(secret)}) but the type ` +
    `${typeOf(secret)}, so it was not changed`;
}

function otherProjectHint(other: IdentifiedSecret): string {
  const { project } = other.identity;
  const where = project === "" ? "without a project" : `for project '${project}'`;
  return `Secret '${other.name}' holds the same URL ${where}`;
}

/** A hint about the URL or projects that lose their credential when this secret is replaced. */
function lostUrlHints(
  own: IdentifiedSecret | undefined,
  identity: Required<RepositoryIdentity>,
): string[] {
  if (!own?.repository?.url) return [];
  const held = own.identity;
  if (held.secretType !== identity.secretType) return [];
  if (held.url !== identity.url) return [`Secret '${own.name}' is no longer for ${urlShown(own)}`];
  // The request names the new project, but the user may not think of all the others.
  const isNarrowed = held.project === "" && identity.project !== "";
  return isNarrowed ? [`Secret '${own.name}' is no longer for all projects`] : [];
}

/**
 * The repository type; Git is Argo CD's default.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go
 */
export function typeOf({ repository }: IdentifiedSecret): string {
  return repository?.type || "git";
}
