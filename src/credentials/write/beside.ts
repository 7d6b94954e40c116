import { refKey, type Snapshot, type StoredSecret } from "../../kube/store.ts";
import { templateKey } from "../kinds/comparable_url.ts";
import { type DesiredSecret, type ExactRepository, WRITE_ANNOTATION } from "../kinds/kind.ts";
import { exactName, keepingUrl, templateName } from "../kinds/repository.ts";
import { hasOwnCredential, sameCredential } from "../kinds/repository_credential.ts";
import { type Holder, isFor, typeOf, urlShown } from "./identity.ts";
import { type Permissions, plan } from "./plan.ts";

/** What is written beside the secret that was asked for, and what stays as it is. */
export interface Beside {
  readonly desired: readonly DesiredSecret[];
  readonly hints: readonly string[];
}

const NOTHING: Beside = { desired: [], hints: [] };

export interface BesideWork {
  /** The repository and template secrets of the namespace. */
  readonly others: readonly Holder[];
  /** Holds what {@link namesBeside} names. */
  readonly snapshot: Snapshot;
  readonly permissions: Permissions;
}

/** Names of the secrets that have to be read before it can be told what is written beside one. */
export function namesBeside(placed: DesiredSecret, others: readonly Holder[]): string[] {
  const { exact } = placed;
  return [
    ...others.filter((other) => aliasIn(placed, other) !== undefined),
    ...(exact === undefined ? [] : others.filter((other) => isFor(exact.identity, other))),
    ...(exact === undefined ? [] : [{ name: exactName(placed.name) }]),
  ].map(({ name }) => name);
}

/**
 * Secrets with another spelling of the URL, which to Argo CD is another URL. A credential in one that
 * Applications can use is replaced too, so that the old one does not stay unseen; the others are named.
 */
export function aliasesBeside(placed: DesiredSecret, work: BesideWork): Beside {
  const found = work.others.flatMap((other) => {
    const alias = aliasIn(placed, other);
    return alias === undefined ? [] : [{ other, alias }];
  });
  const written = found.flatMap(({ other, alias }) => {
    const desired = keepingUrl({ ...placed, name: other.name });
    const stored = work.snapshot.secrets.get(refKey(other));
    const isSame = stored !== undefined && hasOwnCredential(stored.data.reveal()) &&
      typeOf(other) === placed.repositoryType &&
      other.identity.project === projectOf(placed, work.others);
    return alias.isUsed && isSame && mayBeWritten(desired, work) ? [{ other, desired }] : [];
  });
  const isWritten = (other: Holder) => written.some((each) => each.other === other);
  const hints = found.map(({ other }) => aliasHint(other, isWritten(other)));
  return { desired: written.map(({ desired }) => desired), hints };
}

/**
 * The repository for exactly the URL that a template is named by: charts are looked for there, and the
 * template's prefix, which ends in a slash, does not match it.
 * @param templates all that are written for the URL, the first one as it was asked for
 */
export function exactBeside(templates: readonly DesiredSecret[], work: BesideWork): Beside {
  const { others, snapshot, permissions: { upsert } } = work;
  const main = templates[0]!;
  const name = exactName(main.name);
  const { exact } = main;
  const mine = others.find((other) => other.name === name);
  if (exact === undefined) return NOTHING;
  const isMatched = templates.some(({ matchesLonger }) => matchesLonger);
  const found = others.filter((other) => isFor(exact.identity, other));
  const desired: DesiredSecret[] = [];
  const hints = others.filter((other) => isExactAlias(exact, other))
    .map((other) => aliasHint(other, false));
  for (const other of found) {
    const stored = snapshot.secrets.get(refKey(other));
    const { project } = other.identity;
    const what = `Secret '${other.name}' is a repository for exactly ${exact.url}` +
      (project === "" ? "" : ` in project '${project}'`);
    if (stored !== undefined && other === mine && isOfTemplate(stored, main, snapshot)) {
      desired.push(exact.named(name));
    } else if (stored === undefined || hasOwnCredential(stored.data.reveal())) {
      hints.push(`${what} with a credential of its own, which was left alone`);
    } else if (!isMatched) {
      const given = keepingUrl(exact.named(other.name));
      const isSame = project === "" && typeOf(other) === main.repositoryType;
      const isGiven = isSame && upsert && mayBeWritten(given, work);
      if (isGiven) desired.push(given);
      hints.push(`${what} without a credential, and ${isGiven ? "got this one" : "got none"}`);
    }
  }
  const isHeld = found.some((other) => other.identity.project === "");
  if (!isHeld && !isMatched) {
    const stored = snapshot.secrets.get(refKey({ namespace: main.namespace, name }));
    const isMoved = stored !== undefined && isOfTemplate(stored, main, snapshot);
    desired.push(exact.named(name, isMoved ? stored.uid : undefined));
    if (isMoved && mine !== undefined) {
      hints.push(`Secret '${name}' was for ${urlShown(mine)} until now`);
    }
  }
  return { desired: desired.map((each) => ({ ...each, beside: main.name })), hints };
}

/**
 * Says what an earlier write has made beside a secret for its URL, when this one does not write it.
 * @param written names of what this one writes
 */
export function leftBehind(
  main: DesiredSecret,
  others: readonly Holder[],
  written: ReadonlySet<string>,
): string[] {
  const own = others.find(({ name }) => name === main.name);
  const isRepository = main.identity?.secretType === "repository";
  const name = isRepository ? templateName(main.name) : exactName(main.name);
  const made = others.find((other) => other.name === name);
  if (own === undefined || made === undefined || written.has(name)) return [];
  const url = (secret: Holder) => secret.repository?.url ?? "";
  const isOfUrl = own.identity.secretType !== made.identity.secretType &&
    templateKey(url(own)) === templateKey(url(made));
  // That one has been named already.
  const isNamed = main.exact !== undefined && isFor(main.exact.identity, made);
  if (!isOfUrl || isNamed) return [];
  return [
    `Secret '${name}' (${urlShown(made)}) stands beside '${own.name}' and was left alone`,
  ];
}

function aliasHint(holder: Holder, isWritten: boolean): string {
  return `Secret '${holder.name}' holds ${urlShown(holder)}, which is another URL to Argo CD, ` +
    `and ${isWritten ? "got the same credential" : "was left alone"}`;
}

function isExactAlias({ identity, aliases }: ExactRepository, other: Holder): boolean {
  return aliases.some((url) => isFor({ ...identity, url }, other));
}

/** Written by this program with the template, and not given another credential since. */
function isOfTemplate(stored: StoredSecret, main: DesiredSecret, { secrets }: Snapshot): boolean {
  const id = stored.annotations[WRITE_ANNOTATION];
  const template = secrets.get(refKey(main));
  if (id === undefined || template === undefined) return false;
  return template.annotations[WRITE_ANNOTATION] === id ||
    sameCredential(stored, template);
}

/** Who did not name a secret does not have it forced. */
function mayBeWritten(desired: DesiredSecret, { snapshot, permissions }: BesideWork): boolean {
  return plan(desired, snapshot, { ...permissions, force: false }).refusal === undefined;
}

function aliasIn({ name, identity, aliases = [] }: DesiredSecret, other: Holder) {
  const held = other.identity;
  if (other.name === name || held.secretType !== identity?.secretType) return undefined;
  return aliases.find(({ url }) => url === held.url);
}

function projectOf({ name, identity }: DesiredSecret, others: readonly Holder[]): string {
  const own = others.find((other) => other.name === name);
  return identity?.project ?? own?.repository?.project ?? "";
}
