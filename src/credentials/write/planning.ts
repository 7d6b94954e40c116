import type { Deadline } from "../../kube/deadline.ts";
import { isForbidden } from "../../kube/errors.ts";
import {
  refKey,
  refOf,
  type SecretRef,
  type SecretStore,
  type Snapshot,
} from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/desired_secret.ts";
import { exactName } from "../kinds/repository.ts";
import { SECRET_TYPE_LABEL } from "../kinds/repository_credential.ts";
import type { WriteRefused, WriteRequest } from "./verdict.ts";
import { aliasesBeside, exactBeside, leftBehind, namesBeside } from "./beside.ts";
import {
  type IdentifiedSecret,
  placeByIdentity,
  type SecretPlacement,
  withIdentity,
} from "./identity.ts";
import { plan } from "./plan.ts";
import { planUses, type Uses } from "./pull_secret_uses.ts";
import type { Refusal, WriteTarget } from "./target.ts";

/** The plan of a write, made from one read of the cluster. */
export interface Planned {
  readonly targets: readonly WriteTarget[];
  /** Namespaces to create first. */
  readonly namespaces: readonly string[];
  readonly uses: Uses;
  readonly hints: readonly string[];
  readonly snapshot: Snapshot;
}

/**
 * Reads everything that a write needs and plans the write. Returns all refusals together when any secret
 * or service account must not be changed.
 * @throws {KubeError} when the cluster cannot be read
 */
export async function planAll(
  request: WriteRequest,
  store: SecretStore,
  deadline: Deadline,
): Promise<Planned | WriteRefused> {
  const { policy, attach = [] } = request;
  const repository = request.secrets.find(({ identity }) => identity !== undefined);
  const requested = request.secrets.flatMap(refsOf);
  const reading = store.read(requested, deadline);
  const listing = repository
    ? listRepositories(store, repository.namespace, deadline)
    : Promise.resolve(NO_OTHERS);
  await Promise.allSettled([reading, listing]);
  // When both fail, always report the same one.
  const first = await reading;
  const others = await listing;
  const placed = request.secrets.map((desired) =>
    placeByIdentity(desired, others.secrets, first, policy.upsert)
  );
  const found = placed.filter((each) => "desired" in each);
  const missing = refsToRead(found, others.secrets, requested);
  const more = missing.length === 0 ? undefined : await store.read(missing, deadline);
  const snapshot = more === undefined
    ? first
    : { ...first, secrets: new Map([...first.secrets, ...more.secrets]) };
  const beside = found.flatMap(({ desired, spellings }) => {
    const work = { others: others.secrets, snapshot, policy };
    return [aliasesBeside(desired, work), exactBeside([desired, ...spellings], work)];
  });
  const desired = [
    ...found.map(({ desired }) => desired),
    ...found.flatMap(({ spellings }) => spellings),
    ...beside.flatMap(({ desired }) => desired),
  ];
  const targets = desired.map((each) => plan(each, snapshot, policy));
  const namespaces = policy.createNamespaces ? missingNamespaces(desired, snapshot) : [];
  const uses = await planUses(attach, namespaces, store, deadline);
  const refusals: Refusal[] = [
    ...duplicateNames(desired),
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

/** Hints about what replaced secrets keep, each once. */
function keptHints(targets: readonly WriteTarget[]): string[] {
  const kept = targets.flatMap(({ desired, before }) =>
    before !== undefined && desired.recognises(before) ? desired.hints?.(before) ?? [] : []
  );
  return [...new Set(kept)];
}

/** The secret, and the repository that may be written beside it. */
export function refsOf({ namespace, name, exact }: DesiredSecret): SecretRef[] {
  const names = exact === undefined ? [name] : [name, exactName(name)];
  return names.map((name) => ({ namespace, name }));
}

/** Secrets to read besides those of the request: those that replace them, and those beside them. */
function refsToRead(
  found: readonly SecretPlacement[],
  others: readonly IdentifiedSecret[],
  requested: readonly SecretRef[],
): SecretRef[] {
  const refs = found.flatMap(({ desired, spellings }) => {
    const { namespace } = desired;
    const names = [desired.name, ...spellings.map(({ name }) => name)];
    return [...names, ...namesBeside(desired, others)].map((name) => ({ namespace, name }));
  });
  const isRead = new Set(requested.map(refKey));
  const missing = refs.filter((ref) => !isRead.has(refKey(ref)));
  return [...new Map(missing.map((ref) => [refKey(ref), ref])).values()];
}

/** The missing namespaces; none when the kubeconfig's user may not read namespaces. */
function missingNamespaces(
  desired: readonly DesiredSecret[],
  { namespaces }: Snapshot,
): string[] {
  if (namespaces === undefined) return [];
  const names = [...new Set(desired.map(({ namespace }) => namespace))];
  return names.filter((name) => !namespaces.has(name));
}

/**
 * Refusals of secrets that got the same name: a repository may replace a secret whose name is the one of
 * its own template.
 */
function duplicateNames(desired: readonly DesiredSecret[]): Refusal[] {
  const seen = new Set<string>();
  return desired.flatMap((each) => {
    const isFirst = !seen.has(refKey(each));
    seen.add(refKey(each));
    return isFirst ? [] : [{ kind: "identity", ref: refOf(each), holders: [each.name] }];
  });
}

const NO_OTHERS = { secrets: [] as IdentifiedSecret[], hints: [] as string[] };

async function listRepositories(
  store: SecretStore,
  namespace: string,
  deadline: Deadline,
): Promise<typeof NO_OTHERS> {
  const selector = `${SECRET_TYPE_LABEL} in (repository,repo-creds)`;
  try {
    const secrets = await store.list({ selector, namespace, repository: true }, deadline);
    return { secrets: secrets.map(withIdentity), hints: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const hint = "The kubeconfig's user cannot list secrets in " +
      `'${namespace}', so it is unknown whether another secret has the same URL`;
    return { secrets: [], hints: [hint] };
  }
}
