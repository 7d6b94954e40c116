import type { Deadline, Pause } from "../../kube/deadline.ts";
import { KubeError, type KubeErrorKind } from "../../kube/errors.ts";
import {
  type ItemOutcome,
  type PullSecretUse,
  refKey,
  type SecretStore,
  type ServiceAccount,
} from "../../kube/store.ts";
import type { NotRestored } from "./put_back.ts";
import type { Refusal } from "./target.ts";

/** Which service accounts are to get a pull secret, less those that have it. */
export interface Uses {
  readonly uses: readonly PullSecretUse[];
  readonly refusals: readonly Refusal[];
}

export interface PlanUses {
  readonly store: SecretStore;
  readonly deadline: Deadline;
  /** Namespaces whose service accounts Kubernetes makes when it has made the namespace. */
  readonly toBeMade: readonly string[];
}

/** @throws {KubeError} when the service accounts cannot be read */
export async function planUses(
  wanted: readonly PullSecretUse[],
  { store, deadline, toBeMade }: PlanUses,
): Promise<Uses> {
  const known = wanted.filter(({ namespace }) => !toBeMade.includes(namespace));
  const namespaces = [...new Set(known.map(({ namespace }) => namespace))];
  const there = new Map(
    (await serviceAccountsIn(namespaces, store, deadline)).map((each) => [refKey(each), each]),
  );
  const missing = known.filter((use) => !there.has(keyOf(use)));
  return {
    uses: wanted.filter((use) => !there.get(keyOf(use))?.pullSecrets.includes(use.secret)),
    refusals: missing.map(({ namespace, serviceAccount }) => ({
      kind: "service_account_missing",
      ref: { namespace, name: serviceAccount },
    })),
  };
}

/**
 * The service accounts of some namespaces: those of the whole cluster at once where that is allowed.
 * @throws {KubeError}
 */
export async function serviceAccountsIn(
  namespaces: readonly string[],
  store: SecretStore,
  deadline: Deadline,
): Promise<ServiceAccount[]> {
  if (namespaces.length === 0) return [];
  const oneByOne = async () => {
    const reads = namespaces.map((namespace) => store.serviceAccounts(namespace, deadline));
    // When several fail it is always the same one that is told.
    await Promise.allSettled(reads);
    return (await Promise.all(reads)).flat();
  };
  if (namespaces.length === 1) return await oneByOne();
  try {
    const all = await store.serviceAccounts(undefined, deadline);
    return all.filter(({ namespace }) => namespaces.includes(namespace));
  } catch (error) {
    if (!(error instanceof KubeError) || error.kind !== "forbidden") throw error;
    return await oneByOne();
  }
}

export interface ApplyUses {
  readonly store: SecretStore;
  readonly deadline: Deadline;
  readonly onFault: (error: unknown) => void;
  readonly pause: Pause;
  /** Namespaces that were made a moment ago: Kubernetes makes their service accounts a bit later. */
  readonly justMade?: readonly string[];
  /** Whether it undoes: what cannot be done leaves the others to be tried. @default false */
  readonly isUndo?: boolean;
}

export interface AppliedUses {
  /** Those that are as wanted. */
  readonly done: readonly PullSecretUse[];
  /** Those that are or may be changed: what an undo has to look at. */
  readonly touched: readonly PullSecretUse[];
  /** Why not all of them are done. */
  readonly error: KubeError | undefined;
}

/** Failures after which the same request may succeed; sending it twice does no harm. */
const PASSING: ReadonlySet<KubeErrorKind> = new Set(["conflict", "busy", "unreachable"]);

/** Gives pull secrets to service accounts, or takes them off, trying again what may yet succeed. */
export async function applyUses(
  verb: "attach" | "detach",
  uses: readonly PullSecretUse[],
  { store, deadline, onFault, pause, justMade = [], isUndo = false }: ApplyUses,
): Promise<AppliedUses> {
  const done = new Set<PullSecretUse>();
  const touched = new Set<PullSecretUse>();
  let left = [...uses];
  let error: KubeError | undefined;
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt > 0) await pause(Math.min(50 * 2 ** attempt, 1000), deadline);
    if (attempt > 0 && deadline.signal.aborted) break;
    const outcomes = await store[verb](left, deadline).catch((fault: unknown): ItemOutcome[] => {
      if (fault instanceof KubeError) return left.map(() => ({ kind: "rejected", error: fault }));
      onFault(fault);
      const unknown = new KubeError("internal", "Cannot write: an error inside this program");
      return left.map(() => ({ kind: "unknown", error: unknown }));
    });
    error = undefined;
    const hopeless = new Set<PullSecretUse>();
    left.forEach((use, i) => {
      const outcome = outcomes[i]!;
      if (outcome.kind !== "rejected") touched.add(use);
      if (outcome.kind === "done") return void done.add(use);
      // What is gone needs nothing taken off, and nothing given back.
      const isGone = outcome.error.kind === "not_found";
      if (isGone && (verb === "detach" || isUndo)) return void done.add(use);
      const willCome = isGone && justMade.includes(use.namespace);
      const mayCome = outcome.kind === "unknown" || PASSING.has(outcome.error.kind) || willCome;
      // What might yet have come is not why it failed.
      if (hopeless.size === 0) error = outcome.error;
      if (!mayCome) hopeless.add(use);
    });
    left = left.filter((use) => !done.has(use) && !hopeless.has(use));
    if (hopeless.size > 0 && !isUndo) break;
  }
  return { done: [...done], touched: [...touched], error };
}

/** Undoes what {@link applyUses} did. @returns service accounts that are not as they were */
export async function undoUses(
  verb: "attach" | "detach",
  { touched }: AppliedUses,
  work: ApplyUses,
): Promise<NotRestored[]> {
  const opposite = verb === "attach" ? "detach" : "attach";
  const { done } = await applyUses(opposite, touched, { ...work, isUndo: true });
  return touched.filter((use) => !done.includes(use)).map(({ namespace, serviceAccount }) => ({
    namespace,
    name: serviceAccount,
    isServiceAccount: true,
    state: "unknown",
  }));
}

function keyOf({ namespace, serviceAccount }: PullSecretUse): string {
  return refKey({ namespace, name: serviceAccount });
}
