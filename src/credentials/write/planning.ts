import type { Deadline } from "../../kube/deadline.ts";
import { isForbidden } from "../../kube/errors.ts";
import {
  refKey,
  refOf,
  type SecretRef,
  type SecretStore,
  type Snapshot,
} from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/kind.ts";
import { exactName } from "../kinds/repository.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import type { Refused, WriteRequest } from "./verdict.ts";
import { aliasesBeside, exactBeside, leftBehind, namesBeside } from "./beside.ts";
import { type Holder, holderOf, placeByIdentity, type Placed } from "./identity.ts";
import { plan } from "./plan.ts";
import { planUses, type Uses } from "./pull_secret_uses.ts";
import type { Refusal, Target } from "./target.ts";

/** What a write is to do, decided on what was read. */
export interface Planned {
  readonly targets: readonly Target[];
  /** Namespaces that are to be made first. */
  readonly namespaces: readonly string[];
  readonly uses: Uses;
  readonly hints: readonly string[];
  readonly snapshot: Snapshot;
}

/** Reads all that a write needs to know, and plans it. @throws {KubeError} when it cannot be read */
export async function planAll(
  request: WriteRequest,
  store: SecretStore,
  deadline: Deadline,
): Promise<Planned | Refused> {
  const { permissions, attach = [] } = request;
  const withIdentity = request.secrets.find(({ identity }) => identity !== undefined);
  const asked = request.secrets.flatMap(refsOf);
  const reading = store.read(asked, deadline);
  const listing = withIdentity
    ? listRepositories(store, withIdentity.namespace, deadline)
    : Promise.resolve(NO_OTHERS);
  await Promise.allSettled([reading, listing]);
  // When both fail it is always the same one that is told.
  const first = await reading;
  const others = await listing;
  const placed = request.secrets.map((desired) =>
    placeByIdentity(desired, others.secrets, first, permissions.upsert)
  );
  const found = placed.filter((each) => "desired" in each);
  const missing = notRead(found, others.secrets, asked);
  const more = missing.length === 0 ? undefined : await store.read(missing, deadline);
  const snapshot = more === undefined
    ? first
    : { ...first, secrets: new Map([...first.secrets, ...more.secrets]) };
  const beside = found.flatMap(({ desired, spellings }) => {
    const work = { others: others.secrets, snapshot, permissions };
    return [aliasesBeside(desired, work), exactBeside([desired, ...spellings], work)];
  });
  const desired = [
    ...found.map(({ desired }) => desired),
    ...found.flatMap(({ spellings }) => spellings),
    ...beside.flatMap(({ desired }) => desired),
  ];
  const targets = desired.map((each) => plan(each, snapshot, permissions));
  const namespaces = permissions.createNamespaces ? missingNamespaces(desired, snapshot) : [];
  const uses = await planUses(attach, namespaces, store, deadline);
  const refusals: Refusal[] = [
    ...twice(desired),
    ...targets.flatMap(({ refusal }) => refusal ? [refusal] : []),
    ...placed.flatMap((each) => "refusal" in each ? [each.refusal] : []),
    ...uses.refusals,
  ];
  if (refusals.length > 0) {
    return { kind: "refused", refusals, current: snapshot.secrets };
  }
  const written = new Set(desired.map(({ name }) => name));
  const hints = [
    ...others.hints,
    ...[...found, ...beside].flatMap(({ hints }) => hints),
    ...found.flatMap(({ desired }) => leftBehind(desired, others.secrets, written)),
    ...keptHints(targets),
  ];
  return { targets, namespaces, uses, hints, snapshot };
}

/** What is to be said of that which secrets keep: once, though many keep the same. */
function keptHints(targets: readonly Target[]): string[] {
  const kept = targets.flatMap(({ desired, before }) =>
    before !== undefined && desired.recognises(before) ? desired.hints?.(before) ?? [] : []
  );
  return [...new Set(kept)];
}

/** The secret itself, and the one that may be written beside it. */
export function refsOf({ namespace, name, exact }: DesiredSecret): SecretRef[] {
  const names = exact === undefined ? [name] : [name, exactName(name)];
  return names.map((name) => ({ namespace, name }));
}

/** What others hold in place of what the request names, or beside it, and was not read yet. */
function notRead(
  found: readonly Placed[],
  others: readonly Holder[],
  asked: readonly SecretRef[],
): SecretRef[] {
  const refs = found.flatMap(({ desired, spellings }) => {
    const { namespace } = desired;
    const names = [desired.name, ...spellings.map(({ name }) => name)];
    return [...names, ...namesBeside(desired, others)].map((name) => ({ namespace, name }));
  });
  const isRead = new Set(asked.map(refKey));
  const missing = refs.filter((ref) => !isRead.has(refKey(ref)));
  return [...new Map(missing.map((ref) => [refKey(ref), ref])).values()];
}

/** Those that are not there; none where namespaces may not be read. */
function missingNamespaces(
  desired: readonly DesiredSecret[],
  { namespaces }: Snapshot,
): string[] {
  if (namespaces === undefined) return [];
  const names = [...new Set(desired.map(({ namespace }) => namespace))];
  return names.filter((name) => !namespaces.has(name));
}

/** Two that came to have one name: a repository whose holder is called as its template would be. */
function twice(desired: readonly DesiredSecret[]): Refusal[] {
  const seen = new Set<string>();
  return desired.flatMap((each) => {
    const isFirst = !seen.has(refKey(each));
    seen.add(refKey(each));
    return isFirst ? [] : [{ kind: "identity", ref: refOf(each), holders: [each.name] }];
  });
}

const NO_OTHERS = { secrets: [] as Holder[], hints: [] as string[] };

async function listRepositories(
  store: SecretStore,
  namespace: string,
  deadline: Deadline,
): Promise<typeof NO_OTHERS> {
  const selector = `${SECRET_TYPE_LABEL} in (repository,repo-creds)`;
  try {
    const secrets = await store.list({ selector, namespace, repository: true }, deadline);
    return { secrets: secrets.map(holderOf), hints: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const hint = "The kubeconfig's user may not list secrets in " +
      `'${namespace}': whether another secret holds the same URL is not known`;
    return { secrets: [], hints: [hint] };
  }
}
