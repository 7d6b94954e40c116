import type { Deadline } from "../../kube/deadline.ts";
import { isForbidden, type KubeError, type KubeErrorKind } from "../../kube/errors.ts";
import {
  accountOf,
  type PullSecretUse,
  refKey,
  type SecretStore,
  type ServiceAccount,
} from "../../kube/store.ts";
import type { NotRestored } from "./put_back.ts";
import { type Judged, sendBatch, settle, type Work } from "./settle.ts";
import type { Refusal } from "./target.ts";

/** Which service accounts are to get a pull secret, less those that have it. */
export interface Uses {
  readonly uses: readonly PullSecretUse[];
  readonly refusals: readonly Refusal[];
}

/**
 * @param toBeMade namespaces whose service accounts Kubernetes makes when it has made the namespace
 * @throws {KubeError} when the service accounts cannot be read
 */
export async function planUses(
  wanted: readonly PullSecretUse[],
  toBeMade: readonly string[],
  store: SecretStore,
  deadline: Deadline,
): Promise<Uses> {
  const known = wanted.filter(({ namespace }) => !toBeMade.includes(namespace));
  const namespaces = [...new Set(known.map(({ namespace }) => namespace))];
  const there = new Map(
    (await serviceAccountsIn(namespaces, store, deadline)).map((each) => [refKey(each), each]),
  );
  const missing = known.filter((use) => !there.has(refKey(accountOf(use))));
  return {
    uses: wanted.filter((use) =>
      !there.get(refKey(accountOf(use)))?.pullSecrets.includes(use.secret)
    ),
    refusals: missing.map((use) => ({ kind: "service_account_missing", ref: accountOf(use) })),
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
    if (!isForbidden(error)) throw error;
    return await oneByOne();
  }
}

export interface ApplyUses extends Work {
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
  work: ApplyUses,
): Promise<AppliedUses> {
  const { store, deadline, justMade = [], isUndo = false } = work;
  const done = new Set<PullSecretUse>();
  const touched = new Set<PullSecretUse>();
  let error: KubeError | undefined;
  await settle(uses, {
    isUndo,
    wait: (attempts) => Math.min(50 * 2 ** attempts, 1000),
    async send(uses) {
      const outcomes = await sendBatch(uses, () => store[verb](uses, deadline), work.onFault);
      error = undefined;
      let isLost = false;
      return uses.map((use, i): Judged => {
        const outcome = outcomes[i]!;
        if (outcome.kind !== "rejected") touched.add(use);
        // What is gone needs nothing taken off, and nothing given back.
        const isGone = outcome.kind !== "done" && outcome.error.kind === "not_found";
        if (outcome.kind === "done" || isGone && (verb === "detach" || isUndo)) {
          done.add(use);
          return "over";
        }
        // What might yet have come is not why it failed.
        if (!isLost) error = outcome.error;
        const willCome = isGone && justMade.includes(use.namespace);
        if (outcome.kind === "unknown" || PASSING.has(outcome.error.kind) || willCome) {
          return "again";
        }
        isLost = true;
        return "lost";
      });
    },
  }, work);
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
  return touched.filter((use) => !done.includes(use))
    .map((use) => ({ ...accountOf(use), isServiceAccount: true, state: "unknown" }));
}
