import { type Deadline, deadlineIn } from "../../kube/deadline.ts";
import { isForbidden, type KubeErrorKind } from "../../kube/errors.ts";
import {
  type ItemOutcome,
  type PullSecretUse,
  refKey,
  refOf,
  type SecretRef,
  type SecretStore,
  type StoredSecret,
} from "../../kube/store.ts";
import { isPullSecretType } from "../kinds/pull_secret.ts";
import {
  type DesiredSecret,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  WRITE_ANNOTATION,
} from "../kinds/desired_secret.ts";
import { ownerOf } from "../kinds/owner.ts";
import { withLocks } from "./locks.ts";
import { applyUses, serviceAccountsIn } from "./pull_secret_uses.ts";
import { settleUnknown } from "./restore.ts";
import {
  AFTER_A_RACE,
  errorsOf,
  type Judged,
  readAgain,
  sendBatch,
  settle,
  type Work,
} from "./settle.ts";
import { isTargetDone, type Refusal, type WriteTarget } from "./target.ts";
import { rollBack } from "./rollback.ts";
import { type Failed, type Unable, unable, type WriteDeps, type WriteRefused } from "./verdict.ts";
import { worksOf } from "./work.ts";

export interface RemoveRequest {
  readonly refs: readonly SecretRef[];
  /** Whether to delete secrets that another program wrote or manages, too. */
  readonly force: boolean;
  /** Whether to check only, and change nothing. */
  readonly dryRun?: boolean;
  /**
   * Called before anything changes, with the service accounts that will change.
   * @throws {KubeError} to stop the removal
   */
  readonly beforeChange?: (uses: readonly PullSecretUse[]) => Promise<void>;
}

export type RemoveVerdict =
  | {
    readonly kind: "removed";
    /** Set by a dry run: the secrets still exist, and would be deleted. */
    readonly dryRun?: true;
    /** The secrets that existed. */
    readonly secrets: readonly SecretRef[];
    /** The service accounts that used them. */
    readonly detached: readonly PullSecretUse[];
  }
  | WriteRefused
  | Unable
  | Failed;

const PASSING: ReadonlySet<KubeErrorKind> = new Set(["conflict", "busy"]);

/**
 * Deletes all secrets of a request or none, and detaches them from the service accounts that use them.
 * When one cannot be deleted, the deleted ones are created again; they get a new uid, so programs that
 * watch them see a delete and a create.
 */
export async function remove(request: RemoveRequest, deps: WriteDeps): Promise<RemoveVerdict> {
  const deadline = deadlineIn(deps.seconds);
  try {
    return await withLocks(deps.locks, request.refs.map(refKey), deadline, async () => {
      const { store } = deps;
      const { secrets } = await store.read(request.refs, deadline);
      const there = request.refs.flatMap((ref) => secrets.get(refKey(ref)) ?? []);
      const refusals = there.flatMap((secret) => refusalOf(secret, request.force));
      if (refusals.length > 0) return { kind: "refused", refusals, current: secrets };
      const uses = await usesOf(there, store, deadline);
      // A secret that is deleted and restored is missing for seconds: check the time and rights first.
      await store.foreseeRemoval(there, deadline);
      if (request.dryRun) return await dryRunRemoval(there, uses, store, deadline);
      await request.beforeChange?.(uses);
      return await removeAll(there, uses, request, deps, deadline);
    });
  } catch (error) {
    return unable(error);
  }
}

/** Whether argocd-configurer wrote the secret. */
export function isOurs(secret: Pick<StoredSecret, "labels" | "annotations">): boolean {
  return secret.labels[MANAGED_BY_LABEL] === MANAGED_BY ||
    Object.hasOwn(secret.annotations, WRITE_ANNOTATION);
}

function refusalOf(secret: StoredSecret, force: boolean): Refusal[] {
  const ref = refOf(secret);
  if (secret.deletionTimestamp !== undefined) return [{ kind: "being_deleted", ref }];
  // A secret that waits for finalizers cannot be created again, so it could not be rolled back.
  if (secret.finalizers?.length) return [{ kind: "finalizers", ref }];
  if (force) return [];
  if (!isOurs(secret)) return [{ kind: "not_ours", ref }];
  const owner = ownerOf(secret);
  return owner === undefined ? [] : [{ kind: "owned", ref, owner }];
}

/** The service accounts that use the secrets. @throws {KubeError} when they cannot be read */
async function usesOf(
  secrets: readonly StoredSecret[],
  store: SecretStore,
  deadline: Deadline,
): Promise<PullSecretUse[]> {
  const pulled = secrets.filter(({ type }) => isPullSecretType(type));
  const namespaces = [...new Set(pulled.map(({ namespace }) => namespace))];
  const accounts = await serviceAccountsIn(namespaces, store, deadline).catch((error) => {
    // Without the right to list service accounts, argocd-configurer cannot have attached any.
    if (isForbidden(error)) return [];
    throw error;
  });
  return pulled.flatMap(({ namespace, name }) =>
    accounts
      .filter((each) => each.namespace === namespace && each.pullSecrets.includes(name))
      .map((each) => ({ namespace, serviceAccount: each.name, secret: name }))
  );
}

async function dryRunRemoval(
  secrets: readonly StoredSecret[],
  uses: readonly PullSecretUse[],
  store: SecretStore,
  deadline: Deadline,
): Promise<RemoveVerdict> {
  const options = { dryRun: true };
  const outcomes = [
    ...uses.length === 0 ? [] : await store.detach(uses, deadline, options),
    ...secrets.length === 0 ? [] : await store.remove(secrets, deadline, options),
  ];
  // A secret that somebody else deleted in the meantime is deleted, as requested.
  const error = errorsOf(outcomes).find(({ kind }) => kind !== "not_found");
  if (error === undefined) return { kind: "removed", dryRun: true, secrets, detached: uses };
  return { kind: "unable", error };
}

async function removeAll(
  secrets: readonly StoredSecret[],
  uses: readonly PullSecretUse[],
  request: RemoveRequest,
  deps: WriteDeps,
  deadline: Deadline,
): Promise<RemoveVerdict> {
  // A removal writes no secret, so this id matches none.
  const { now, lastly } = worksOf(deps, crypto.randomUUID(), deadline, secrets.length);
  const taken = await applyUses("detach", uses, now);
  const targets = secrets.map(targetOf);
  const isTaken = taken.done.length === uses.length;
  if (isTaken) await removeTargets(targets, request.force, now);
  await settleUnknown(targets, lastly());
  if (isTaken && targets.every(isTargetDone)) return { kind: "removed", secrets, detached: uses };
  return await rollBack({ targets, verb: "detach", uses: taken }, lastly());
}

/** The target whose desired value is the old one, which a rollback creates again. */
function targetOf(before: StoredSecret): WriteTarget {
  const desired: DesiredSecret = { ...before, merge: () => before.data, recognises: () => true };
  return { desired, before, action: "remove", state: "planned" };
}

async function removeTargets(targets: readonly WriteTarget[], force: boolean, work: Work) {
  await settle(targets, {
    ...AFTER_A_RACE,
    async send(targets) {
      const planned = targets.filter(({ state }) => state === "planned");
      const removals = planned.map(({ before }) => before!);
      const remove = () => work.store.remove(removals, work.deadline);
      const outcomes = await sendBatch(planned, remove, work.onBug, "delete");
      planned.forEach((target, i) => note(target, outcomes[i]!));
      return targets.map(judged);
    },
    async look(targets) {
      const snapshot = await readAgain(targets, work);
      return snapshot && targets.map((target) => {
        planAgain(target, snapshot.secrets.get(refKey(target.desired)), force);
        // Read a refused one again, too: a secret that waits for finalizers may be gone by then.
        return target.state === "removed" ? "settled" : "retry";
      });
    },
  }, work);
}

/** An unanswered one is `settled`: `settleUnknown` reads it after all were sent. */
function judged({ state, error }: WriteTarget): Judged {
  if (state !== "failed") return "settled";
  return error !== undefined && PASSING.has(error.kind) ? "retry" : "lost";
}

function note(target: WriteTarget, outcome: ItemOutcome): void {
  if (outcome.kind === "done") target.state = "removed";
  else if (outcome.kind === "rejected" && outcome.error.kind === "not_found") gone(target);
  else {
    target.state = outcome.kind === "unknown" ? "unknown" : "failed";
    target.error = outcome.error;
  }
}

/** Somebody else has deleted the secret, so a rollback does not create it again. */
function gone(target: WriteTarget): void {
  Object.assign(target, { state: "removed", before: undefined });
}

/** Somebody else has changed the secret: plan to delete its present version, if that is allowed. */
function planAgain(target: WriteTarget, current: StoredSecret | undefined, force: boolean): void {
  if (current === undefined) return gone(target);
  const [refusal] = refusalOf(current, force);
  Object.assign(target, {
    before: current,
    state: refusal === undefined ? "planned" : "failed",
    refusal,
  });
}
