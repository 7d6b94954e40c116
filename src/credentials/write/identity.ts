import { refKey, refOf, type SecretSummary, type Snapshot } from "../../kube/store.ts";
import { comparableUrl } from "../kinds/comparable_url.ts";
import type { DesiredSecret, Identity } from "../kinds/kind.ts";
import { identityOf, keepingUrl } from "../kinds/repository.ts";
import { shownUrl } from "../kinds/url.ts";
import type { Refusal } from "./target.ts";

/** A repository or template secret of Argo CD's namespace, and what it is known by there. */
export interface Holder extends SecretSummary {
  readonly identity: Required<Identity>;
}

/** What it is known by is worked out once: a cluster may have thousands of them. */
export function holderOf(secret: SecretSummary): Holder {
  return { ...secret, identity: identityOf(secret) };
}

/** Its URL, less a password in it. */
export function urlShown({ repository }: SecretSummary): string {
  return shownUrl(repository?.url ?? "");
}

/** Whether a secret is for this URL, to Argo CD, be it in another project. */
export function isFor({ secretType, url }: Identity, { identity }: Holder): boolean {
  return identity.secretType === secretType && identity.url === url;
}

export interface Placed {
  /** Under which name it is to be written. */
  readonly desired: DesiredSecret;
  /** Templates of the same URL in another spelling, which get the same credential. */
  readonly spellings: readonly DesiredSecret[];
  /** What the user should know about that. */
  readonly hints: readonly string[];
}

export type Placement = Placed | { readonly refusal: Refusal };

type Wanted = DesiredSecret & { readonly identity: Identity };

/**
 * Decides under which name a repository or template is written when others hold it already. Argo
 * CD picks one at random of two secrets with the same URL and project, so a second is never made.
 * @param others the repository and template secrets of the namespace
 */
export function placeByIdentity(
  desired: DesiredSecret,
  others: readonly Holder[],
  snapshot: Snapshot,
  upsert: boolean,
): Placement {
  const { identity: wanted } = desired;
  if (wanted === undefined) return { desired, spellings: [], hints: [] };
  const own = others.find(({ name }) => name === desired.name);
  // A replacement keeps the project that the secret is in, unless another one is asked for.
  const project = wanted.project ?? own?.repository?.project ?? "";
  const identity = { ...wanted, project };
  const same = others.filter((other) => isFor(identity, other));
  const isHeldBy = (other: Holder) => other.identity.project === identity.project;
  const holding = same.filter((other) => other.name !== desired.name && isHeldBy(other));
  const elsewhere = same.filter((other) => other.name !== desired.name && !isHeldBy(other));
  const hints = [...ledElsewhere(own, identity), ...elsewhere.map(heldElsewhere)];

  const refused = (holders: readonly Holder[]): Placement => ({
    refusal: { kind: "identity", ref: refOf(desired), holders: holders.map(({ name }) => name) },
  });
  const ownIsThere = snapshot.secrets.has(refKey(desired));
  const holdingOwn = same.find((other) => other.name === desired.name && isHeldBy(other));
  // Without upsert a secret of the wanted name is the nearer reason: the plan says that it exists.
  if (ownIsThere && !upsert) return { desired, spellings: [], hints };
  if (holdingOwn === undefined) {
    if (holding.length === 0) return { desired, spellings: [], hints };
    if (!upsert || ownIsThere) return refused(holding);
  }
  const groups = bySpelling([...holdingOwn === undefined ? [] : [holdingOwn], ...holding]);
  const twice = groups.filter(([first, second]) => second !== undefined && first !== holdingOwn);
  if (twice.length > 0) return refused(twice.flat());
  // A credential of another type was put there for something else: nobody named it.
  const picked = groups.map(([first]) => first!).filter((secret) =>
    secret === holdingOwn || typeOf(secret) === desired.repositoryType
  );
  if (picked.length === 0) return refused(holding);
  // The longer prefix is the one that Argo CD uses for what is below.
  const longer = groups.map(([first]) => first!).filter((secret) =>
    !picked.includes(secret) && !matchesLonger(secret)
  );
  if (longer.length > 0) return refused(longer);
  // The new spelling is the nearer one, where no secret of the wanted name decides.
  const rank = (secret: Holder) => secret === holdingOwn ? 0 : endsBySlash(secret) ? 1 : 2;
  picked.sort((a, b) => rank(a) - rank(b));
  const [main, ...more] = picked.map((secret) => placedOn(desired as Wanted, secret));
  return {
    desired: main!,
    spellings: more,
    hints: [
      ...hints,
      ...leftTwice(groups.flatMap(([first, ...rest]) => picked.includes(first!) ? rest : [])),
      ...groups.flatMap(([first]) => picked.includes(first!) ? [] : [leftAlone(first!)]),
      ...picked.flatMap((secret, i) => replacedHints(secret, desired, i === 0)),
    ],
  };
}

/** What the user should know of one that is replaced. */
function replacedHints(secret: Holder, desired: DesiredSecret, isFirst: boolean): string[] {
  const { name } = secret;
  const url = urlShown(secret);
  const hints: string[] = [];
  if (name !== desired.name) {
    hints.push(
      isFirst
        ? `Secret '${name}' held this URL already and was the one replaced`
        : `Secret '${name}' is a template for the same (${url}) and was replaced too`,
    );
  }
  if (matchesLonger(secret)) {
    hints.push(
      `Template '${name}' keeps its URL ${url} without a slash at its end, so that nobody loses ` +
        `access: Argo CD uses it for longer names too, such as ${longerName(url)}`,
    );
  }
  return hints;
}

/** The secret that is to be replaced; a template keeps its spelling. */
function placedOn(desired: Wanted, secret: Holder): DesiredSecret {
  const placed = { ...desired, name: secret.name };
  if (desired.identity.secretType !== "repo-creds") return placed;
  return { ...keepingUrl(placed), ...(matchesLonger(secret) ? { matchesLonger: true } : {}) };
}

/** Those that Argo CD compares equal; of a repository all are. The first of each is the first given. */
function bySpelling(secrets: readonly Holder[]): Holder[][] {
  return [
    ...Map.groupBy(secrets, ({ repository }) => comparableUrl(repository?.url ?? "")).values(),
  ];
}

function endsBySlash({ repository }: Holder): boolean {
  return comparableUrl(repository?.url ?? "").endsWith("/");
}

function matchesLonger(secret: Holder): boolean {
  return secret.identity.secretType === "repo-creds" && !endsBySlash(secret);
}

/** A URL that a template without a slash at its end matches, though it is of something else. */
function longerName(url: string): string {
  return `${url.trim().replace(/\.git$/i, "")}-other`;
}

function leftTwice(secrets: readonly Holder[]): string[] {
  if (secrets.length === 0) return [];
  const names = secrets.map(({ name }) => `'${name}'`).join(", ");
  return [`Argo CD picks one at random: ${names} holds the same URL and project too`];
}

function leftAlone(secret: Holder): string {
  return `Secret '${secret.name}' is a template for the same (${urlShown(secret)}) of type ` +
    `${typeOf(secret)} and was left alone`;
}

function heldElsewhere(other: Holder): string {
  const { project } = other.identity;
  const where = project === "" ? "without a project" : `for project '${project}'`;
  return `Secret '${other.name}' holds the same URL ${where}`;
}

/** Says who loses a credential when the secret of this name comes to be for another URL or project. */
function ledElsewhere(own: Holder | undefined, identity: Required<Identity>): string[] {
  if (!own?.repository?.url) return [];
  const held = own.identity;
  if (held.secretType !== identity.secretType) return [];
  if (held.url !== identity.url) return [`Secret '${own.name}' was for ${urlShown(own)} until now`];
  // From one project to another one is as it was asked for; all the others may not be thought of.
  const isNarrowed = held.project === "" && identity.project !== "";
  return isNarrowed ? [`Secret '${own.name}' was for all projects until now`] : [];
}

/** @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go */
export function typeOf({ repository }: Holder): string {
  return repository?.type || "git";
}
