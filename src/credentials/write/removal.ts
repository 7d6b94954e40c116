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
} from "../kinds/kind.ts";
import { ownerOf } from "../kinds/owner.ts";
import { inTurn } from "./locks.ts";
import { applyUses, serviceAccountsIn } from "./pull_secret_uses.ts";
import { settleUnknown } from "./put_back.ts";
import {
  AFTER_A_RACE,
  errorsOf,
  type Judged,
  readAgain,
  sendBatch,
  settle,
  type Work,
} from "./settle.ts";
import { isDone, type Refusal, type Target } from "./target.ts";
import { undoAll } from "./undo.ts";
import { type Failed, type Refused, type Unable, unable, type WriteDeps } from "./verdict.ts";
import { worksOf } from "./work.ts";

export interface RemoveRequest {
  readonly refs: readonly SecretRef[];
  /** Whether also what this program did not write, or another one looks after, is deleted. */
  readonly force: boolean;
  /** Whether the cluster is only asked what would come of it. */
  readonly dryRun?: boolean;
  /**
   * Called before anything is changed, with the service accounts that will be.
   * @throws {KubeError} when it must not be
   */
  readonly beforeChange?: (uses: readonly PullSecretUse[]) => Promise<void>;
}

export type RemoveVerdict =
  | {
    readonly kind: "removed";
    /** Whether they are there still, but would go. */
    readonly dryRun?: true;
    /** Those that were there. */
    readonly secrets: readonly SecretRef[];
    /** Service accounts that used them. */
    readonly detached: readonly PullSecretUse[];
  }
  | Refused
  | Unable
  | Failed;

const PASSING: ReadonlySet<KubeErrorKind> = new Set(["conflict", "busy"]);

/**
 * Deletes all secrets of a request or none, and takes them off the service accounts that use them.
 * What was deleted is created again when another one cannot be; it is a new object then, as for
 * those who watch it.
 */
export async function remove(request: RemoveRequest, deps: WriteDeps): Promise<RemoveVerdict> {
  const deadline = deadlineIn(deps.seconds);
  try {
    return await inTurn(deps.locks, request.refs.map(refKey), deadline, async () => {
      const { store } = deps;
      const { secrets } = await store.read(request.refs, deadline);
      const there = request.refs.flatMap((ref) => secrets.get(refKey(ref)) ?? []);
      const refusals = there.flatMap((secret) => refusalOf(secret, request.force));
      if (refusals.length > 0) return { kind: "refused", refusals, current: secrets };
      const uses = await usesOf(there, store, deadline);
      // What is deleted and put back is gone for seconds: better not begun than not ended.
      await store.foreseeRemoval(there, deadline);
      if (request.dryRun) return await tried(there, uses, store, deadline);
      await request.beforeChange?.(uses);
      return await removeAll(there, uses, request, deps, deadline);
    });
  } catch (error) {
    return unable(error);
  }
}

/** Whether this program has written it. */
export function isOurs(secret: Pick<StoredSecret, "labels" | "annotations">): boolean {
  return secret.labels[MANAGED_BY_LABEL] === MANAGED_BY ||
    Object.hasOwn(secret.annotations, WRITE_ANNOTATION);
}

function refusalOf(secret: StoredSecret, force: boolean): Refusal[] {
  const ref = refOf(secret);
  if (secret.deletionTimestamp !== undefined) return [{ kind: "being_deleted", ref }];
  // One that waits for finalizers is neither there nor gone, and could not be created again.
  if (secret.finalizers?.length) return [{ kind: "finalizers", ref }];
  if (force) return [];
  if (!isOurs(secret)) return [{ kind: "not_ours", ref }];
  const owner = ownerOf(secret);
  return owner === undefined ? [] : [{ kind: "owned", ref, owner }];
}

/** The service accounts that use pull secrets. @throws {KubeError} when they cannot be read */
async function usesOf(
  secrets: readonly StoredSecret[],
  store: SecretStore,
  deadline: Deadline,
): Promise<PullSecretUse[]> {
  const pulled = secrets.filter(({ type }) => isPullSecretType(type));
  const namespaces = [...new Set(pulled.map(({ namespace }) => namespace))];
  const accounts = await serviceAccountsIn(namespaces, store, deadline).catch((error) => {
    // Who may not see service accounts has attached nothing to them.
    if (isForbidden(error)) return [];
    throw error;
  });
  return pulled.flatMap(({ namespace, name }) =>
    accounts
      .filter((each) => each.namespace === namespace && each.pullSecrets.includes(name))
      .map((each) => ({ namespace, serviceAccount: each.name, secret: name }))
  );
}

async function tried(
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
  // What has gone in the meantime is as wanted.
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
  // No secret is written, so none is recognised as written.
  const { now, lastly } = worksOf(deps, crypto.randomUUID(), deadline, secrets.length);
  const taken = await applyUses("detach", uses, now);
  const targets = secrets.map(targetOf);
  const isTaken = taken.done.length === uses.length;
  if (isTaken) await removeTargets(targets, request.force, now);
  await settleUnknown(targets, lastly());
  if (isTaken && targets.every(isDone)) return { kind: "removed", secrets, detached: uses };
  return await undoAll({ targets, verb: "detach", uses: taken }, lastly());
}

/** What is put back is what was there. */
function targetOf(before: StoredSecret): Target {
  const desired: DesiredSecret = { ...before, merge: () => before.data, recognises: () => true };
  return { desired, before, step: "remove", state: "planned" };
}

async function removeTargets(targets: readonly Target[], force: boolean, work: Work) {
  await settle(targets, {
    ...AFTER_A_RACE,
    async send(targets) {
      const planned = targets.filter(({ state }) => state === "planned");
      const removals = planned.map(({ before }) => before!);
      const remove = () => work.store.remove(removals, work.deadline);
      const outcomes = await sendBatch(planned, remove, work.onFault, "delete");
      planned.forEach((target, i) => note(target, outcomes[i]!));
      return targets.map(judged);
    },
    async look(targets) {
      const snapshot = await readAgain(targets, work);
      return snapshot && targets.map((target) => {
        planAgain(target, snapshot.secrets.get(refKey(target.desired)), force);
        // One that is refused is looked at again: what waits for finalizers may be gone then.
        return target.state === "removed" ? "over" : "again";
      });
    },
  }, work);
}

/** One without an answer is looked for when all have been tried. */
function judged({ state, error }: Target): Judged {
  if (state !== "failed") return "over";
  return error !== undefined && PASSING.has(error.kind) ? "again" : "lost";
}

function note(target: Target, outcome: ItemOutcome): void {
  if (outcome.kind === "done") target.state = "removed";
  else if (outcome.kind === "rejected" && outcome.error.kind === "not_found") gone(target);
  else {
    target.state = outcome.kind === "unknown" ? "unknown" : "failed";
    target.error = outcome.error;
  }
}

/** Somebody else has deleted it: it is not put back. */
function gone(target: Target): void {
  Object.assign(target, { state: "removed", before: undefined });
}

/** Somebody has changed it since: it is deleted as it is now, if it may be. */
function planAgain(target: Target, current: StoredSecret | undefined, force: boolean): void {
  if (current === undefined) return gone(target);
  const [refusal] = refusalOf(current, force);
  Object.assign(target, {
    before: current,
    state: refusal === undefined ? "planned" : "failed",
    refusal,
  });
}
