import { refKey, type Snapshot, type StoredSecret } from "../../kube/store.ts";
import { templateKey } from "../kinds/comparable_url.ts";
import {
  type DesiredSecret,
  type ExactRepository,
  WRITE_ANNOTATION,
} from "../kinds/desired_secret.ts";
import { exactName, keepingUrl, templateName } from "../kinds/repository.ts";
import { hasOwnCredential, sameCredential } from "../kinds/repository_credential.ts";
import { type IdentifiedSecret, isFor, typeOf, urlShown } from "./identity.ts";
import { plan, type WritePolicy } from "./plan.ts";

/** Secrets to write beside the requested one, and hints about those that stay unchanged. */
export interface Beside {
  readonly desired: readonly DesiredSecret[];
  readonly hints: readonly string[];
}

const NOTHING: Beside = { desired: [], hints: [] };

export interface BesideWork {
  /** The repository and template secrets of the namespace. */
  readonly others: readonly IdentifiedSecret[];
  /** The cluster's secrets, including those that {@link namesBeside} names. */
  readonly snapshot: Snapshot;
  readonly policy: WritePolicy;
}

/** Names of the secrets to read before deciding what is written beside `placed`. */
export function namesBeside(placed: DesiredSecret, others: readonly IdentifiedSecret[]): string[] {
  const { exact } = placed;
  return [
    ...others.filter((other) => aliasIn(placed, other) !== undefined),
    ...(exact === undefined ? [] : others.filter((other) => isFor(exact.identity, other))),
    ...(exact === undefined ? [] : [{ name: exactName(placed.name) }]),
  ].map(({ name }) => name);
}

/**
 * Secrets with another spelling of the same URL. Argo CD compares spellings as different URLs, so an old
 * credential could stay in use unnoticed. Where Applications can use such a secret and it has its own
 * credential, it gets the new one, too; a hint names every such secret.
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
  const isWritten = (other: IdentifiedSecret) => written.some((each) => each.other === other);
  const hints = found.map(({ other }) => aliasHint(other, isWritten(other)));
  return { desired: written.map(({ desired }) => desired), hints };
}

/**
 * The repository secret for exactly the URL of a template. Applications may use that URL for a chart, but
 * the template's prefix ends with a slash and does not match it.
 * @param templates all templates written for the URL; the first is the requested one
 */
export function exactBeside(templates: readonly DesiredSecret[], work: BesideWork): Beside {
  const { others, snapshot, policy: { upsert } } = work;
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
      hints.push(`${what} and has its own credential, which was not changed`);
    } else if (!isMatched) {
      const given = keepingUrl(exact.named(other.name));
      const isSame = project === "" && typeOf(other) === main.repositoryType;
      const isGiven = isSame && upsert && mayBeWritten(given, work);
      if (isGiven) desired.push(given);
      hints.push(`${what} and had no credential; ${isGiven ? "it got this one" : "it got none"}`);
    }
  }
  const isHeld = found.some((other) => other.identity.project === "");
  if (!isHeld && !isMatched) {
    const stored = snapshot.secrets.get(refKey({ namespace: main.namespace, name }));
    const isMoved = stored !== undefined && isOfTemplate(stored, main, snapshot);
    desired.push(exact.named(name, isMoved ? stored.uid : undefined));
    if (isMoved && mine !== undefined) {
      hints.push(`Secret '${name}' is no longer for ${urlShown(mine)}`);
    }
  }
  return { desired: desired.map((each) => ({ ...each, beside: main.name })), hints };
}

/**
 * A hint about the secret that an earlier write created beside `main`, when this write does not replace
 * it.
 * @param written names of the secrets that this write replaces or creates
 */
export function leftBehind(
  main: DesiredSecret,
  others: readonly IdentifiedSecret[],
  written: ReadonlySet<string>,
): string[] {
  const own = others.find(({ name }) => name === main.name);
  const isRepository = main.identity?.secretType === "repository";
  const name = isRepository ? templateName(main.name) : exactName(main.name);
  const made = others.find((other) => other.name === name);
  if (own === undefined || made === undefined || written.has(name)) return [];
  const url = (secret: IdentifiedSecret) => secret.repository?.url ?? "";
  const isOfUrl = own.identity.secretType !== made.identity.secretType &&
    templateKey(url(own)) === templateKey(url(made));
  // `exactBeside` has a hint about it already.
  const isNamed = main.exact !== undefined && isFor(main.exact.identity, made);
  if (!isOfUrl || isNamed) return [];
  return [
    `Secret '${name}' (${urlShown(made)}) belongs to '${own.name}' and was not changed`,
  ];
}

function aliasHint(holder: IdentifiedSecret, isWritten: boolean): string {
  return `Secret '${holder.name}' has the URL ${urlShown(holder)}, a different one to Argo CD; ` +
    `it ${isWritten ? "got the same credential" : "was not changed"}`;
}

function isExactAlias({ identity, aliases }: ExactRepository, other: IdentifiedSecret): boolean {
  return aliases.some((url) => isFor({ ...identity, url }, other));
}

/** Whether argocd-configurer wrote the secret with the template, and it still has the same credential. */
function isOfTemplate(stored: StoredSecret, main: DesiredSecret, { secrets }: Snapshot): boolean {
  const id = stored.annotations[WRITE_ANNOTATION];
  const template = secrets.get(refKey(main));
  if (id === undefined || template === undefined) return false;
  return template.annotations[WRITE_ANNOTATION] === id ||
    sameCredential(stored, template);
}

/** `force` covers only secrets that the request names, so it is off for those beside them. */
function mayBeWritten(
  desired: DesiredSecret,
  { snapshot, policy }: BesideWork,
): boolean {
  return plan(desired, snapshot, { ...policy, force: false }).refusal === undefined;
}

function aliasIn({ name, identity, aliases = [] }: DesiredSecret, other: IdentifiedSecret) {
  const held = other.identity;
  if (other.name === name || held.secretType !== identity?.secretType) return undefined;
  return aliases.find(({ url }) => url === held.url);
}

function projectOf({ name, identity }: DesiredSecret, others: readonly IdentifiedSecret[]): string {
  const own = others.find((other) => other.name === name);
  return identity?.project ?? own?.repository?.project ?? "";
}
