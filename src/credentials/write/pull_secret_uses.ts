import type { Deadline } from "../../kube/deadline.ts";
import { isForbidden, type KubeError, type KubeErrorKind } from "../../kube/errors.ts";
import {
  accountOf,
  type PullSecretUse,
  refKey,
  type SecretStore,
  type ServiceAccount,
} from "../../kube/store.ts";
import type { NotRestored } from "./restore.ts";
import { type Judged, sendBatch, settle, type Work } from "./settle.ts";
import type { Refusal } from "./target.ts";

/** The service accounts to change. */
export interface Uses {
  /** Without the service accounts that use their pull secret already. */
  readonly uses: readonly PullSecretUse[];
  readonly refusals: readonly Refusal[];
}

/**
 * Reads which service accounts lack their pull secret.
 * @param toBeMade namespaces that do not exist yet; Kubernetes creates their service accounts later, so
 * these are not missing
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
 * The service accounts of some namespaces: one list of the whole cluster where that is allowed, else one
 * list per namespace.
 * @throws {KubeError} when they cannot be read
 */
export async function serviceAccountsIn(
  namespaces: readonly string[],
  store: SecretStore,
  deadline: Deadline,
): Promise<ServiceAccount[]> {
  if (namespaces.length === 0) return [];
  const oneByOne = async () => {
    const reads = namespaces.map((namespace) => store.serviceAccounts(namespace, deadline));
    // When several fail, always report the same one.
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
  /** Namespaces just created; Kubernetes creates their service accounts shortly after. */
  readonly justMade?: readonly string[];
  /** Whether this is a rollback, which goes on when one service account fails. @default false */
  readonly isRollback?: boolean;
}

export interface AppliedUses {
  /** The uses that are now as requested. */
  readonly done: readonly PullSecretUse[];
  /** The uses that were changed or may have been: what a rollback must revert. */
  readonly touched: readonly PullSecretUse[];
  /** Why some uses are not done; `undefined` when all are. */
  readonly error: KubeError | undefined;
}

/** Failures after which the same request may succeed. Sending it twice is harmless. */
const PASSING: ReadonlySet<KubeErrorKind> = new Set(["conflict", "busy", "unreachable"]);

/** Attaches pull secrets to service accounts, or detaches them, and retries passing failures. */
export async function applyUses(
  verb: "attach" | "detach",
  uses: readonly PullSecretUse[],
  work: ApplyUses,
): Promise<AppliedUses> {
  const { store, deadline, justMade = [], isRollback = false } = work;
  const done = new Set<PullSecretUse>();
  const touched = new Set<PullSecretUse>();
  let error: KubeError | undefined;
  await settle(uses, {
    isRollback,
    wait: (attempts) => Math.min(50 * 2 ** attempts, 1000),
    async send(uses) {
      const outcomes = await sendBatch(uses, () => store[verb](uses, deadline), work.onBug);
      error = undefined;
      let isLost = false;
      return uses.map((use, i): Judged => {
        const outcome = outcomes[i]!;
        if (outcome.kind !== "rejected") touched.add(use);
        // A service account that is gone has nothing to detach, and nothing to roll back.
        const isGone = outcome.kind !== "done" && outcome.error.kind === "not_found";
        if (outcome.kind === "done" || isGone && (verb === "detach" || isRollback)) {
          done.add(use);
          return "settled";
        }
        // The first failure that no retry can fix is the cause.
        if (!isLost) error = outcome.error;
        const willCome = isGone && justMade.includes(use.namespace);
        if (outcome.kind === "unknown" || PASSING.has(outcome.error.kind) || willCome) {
          return "retry";
        }
        isLost = true;
        return "lost";
      });
    },
  }, work);
  return { done: [...done], touched: [...touched], error };
}

/** Reverts what {@link applyUses} did. @returns service accounts that could not be restored */
export async function rollBackUses(
  verb: "attach" | "detach",
  { touched }: AppliedUses,
  work: ApplyUses,
): Promise<NotRestored[]> {
  const opposite = verb === "attach" ? "detach" : "attach";
  const { done } = await applyUses(opposite, touched, { ...work, isRollback: true });
  return touched.filter((use) => !done.includes(use))
    .map((use) => ({ ...accountOf(use), isServiceAccount: true, state: "unknown" }));
}
