import { deadlineIn } from "../../kube/deadline.ts";
import type { KubeError } from "../../kube/errors.ts";
import {
  type ItemOutcome,
  refKey,
  refOf,
  type SecretManifest,
  type SecretRef,
  type StoredSecret,
} from "../../kube/store.ts";
import { isUnchanged } from "../kinds/desired_secret.ts";
import { type Judged, readAgain, sendBatch, settle, type Work } from "./settle.ts";
import { isDeleted, recognise, type WriteTarget } from "./target.ts";
import { LAST_LOOK } from "./times.ts";

/** A secret that does not hold its old value after the rollback, and what it holds instead. */
export interface NotRestored extends SecretRef {
  /** Whether this is a service account; its pull secrets could not be restored. */
  readonly isServiceAccount?: true;
  /**
   * `new`: the value of the failed request. `missing`: the secret does not exist. `changed`: a value that
   * somebody else wrote since, which is kept. `unknown`: the secret could not be read.
   */
  readonly state: "new" | "missing" | "changed" | "unknown";
}

/**
 * Milliseconds between two reads of a secret whose write was never answered: the API server may still
 * carry out a request that it has accepted after the connection is gone.
 */
const LATE_WRITE = 500;

/**
 * Reads the targets whose write was not answered and sets their state. A target stays `unknown` only if
 * it could not be read.
 */
export async function settleUnknown(targets: readonly WriteTarget[], work: Work): Promise<void> {
  for (let look = 1; look <= 2; look++) {
    const unknown = targets.filter(({ state }) => state === "unknown");
    if (unknown.length === 0) return;
    if (look > 1) await work.pause(LATE_WRITE, work.deadline);
    const snapshot = await readAgain(unknown, work);
    if (snapshot === undefined) return;
    for (const target of unknown) {
      const current = snapshot.secrets.get(refKey(target.desired));
      if (recognise(target, current, work.writeId)) continue;
      if (look === 2) {
        const gone = target.before !== undefined && current === undefined;
        target.state = gone && isDeleted(target) ? "removed" : "failed";
      }
    }
  }
}

/**
 * Restores the old value of every secret that this write has changed, unless somebody else has changed
 * it since. Retries until the deadline, then reads the doubtful ones once more.
 * @param work has its own deadline, since the write may have used up the request's
 * @returns the secrets that could not be restored; empty when everything is as before
 */
export async function restore(targets: readonly WriteTarget[], work: Work): Promise<NotRestored[]> {
  const left = new Map<WriteTarget, NotRestored["state"]>();
  const changed = new Map<WriteTarget, NotRestored["state"]>();
  for (const target of targets) {
    if (target.overtaken) changed.set(target, "changed");
    else if (target.state === "written" && target.ours !== undefined) left.set(target, "new");
    // Without an old value, somebody else deleted the secret, so it is not created again.
    if (target.state === "removed" && target.before !== undefined) left.set(target, "missing");
    if (target.state === "unknown") left.set(target, "unknown");
  }
  const settled = (target: WriteTarget, state?: NotRestored["state"]) => {
    left.delete(target);
    if (state !== undefined) changed.set(target, state);
  };
  const judge = (targets: readonly WriteTarget[]) =>
    targets.map((target): Judged => left.has(target) ? "retry" : "settled");
  /** Reads the targets and updates `left` and `changed` by what they hold. */
  const look = async (targets: readonly WriteTarget[], work: Work) => {
    const snapshot = await readAgain(targets, work);
    for (const target of snapshot === undefined ? [] : targets) {
      const state = lookAt(target, snapshot!.secrets.get(refKey(target.desired)), work);
      if (state === "restored") settled(target);
      else if (state === "changed") settled(target, state);
      else left.set(target, state);
    }
    return snapshot && judge(targets);
  };
  // An unanswered request may have restored the secret or not: only reading it will tell.
  const doubt = (target: WriteTarget) => left.set(target, "unknown");

  await settle([...left.keys()], {
    isRollback: true,
    wait: (attempts) => Math.min(50 * 2 ** attempts, 2000),
    send: async (targets) => {
      await restoreOnce(targets, work, settled, doubt);
      return judge(targets);
    },
    look: (targets) => look(targets, work),
  }, work);
  const doubtful = [...left].filter(([, state]) => state === "unknown").map(([target]) => target);
  if (doubtful.length > 0) {
    const deadline = deadlineIn(Math.min(work.deadline.seconds, LAST_LOOK));
    await work.pause(LATE_WRITE, deadline);
    await look(doubtful, { ...work, deadline });
  }
  return targets.flatMap((target) => {
    const state = changed.get(target) ?? left.get(target);
    return state === undefined ? [] : [{ ...refOf(target.desired), state }];
  });
}

/** Compares a secret with its old value, and stores in the target what has to be restored. */
function lookAt(
  target: WriteTarget,
  current: StoredSecret | undefined,
  work: Work,
): NotRestored["state"] | "restored" {
  const { before } = target;
  if (recognise(target, current, work.writeId)) return target.overtaken ? "changed" : "new";
  if (current === undefined) {
    if (before === undefined) return "restored";
    if (!isDeleted(target)) return "changed"; // somebody else deleted it since
    target.state = "removed";
    target.ours = undefined;
    return "missing";
  }
  if (before === undefined) return target.state === "written" ? "changed" : "restored";
  return isUnchanged(current, before) ? "restored" : "changed";
}

/** Removes, replaces or creates the secrets that hold our value, in one batch per verb. */
async function restoreOnce(
  targets: readonly WriteTarget[],
  work: Work,
  settled: (target: WriteTarget, state?: NotRestored["state"]) => void,
  doubt: (target: WriteTarget) => void,
): Promise<void> {
  const { store, deadline, onBug } = work;
  const written = targets.filter(({ state, ours }) => state === "written" && ours !== undefined);
  const toRemove = written.filter(({ before, action }) =>
    before === undefined || action === "recreate"
  );
  const toReplace = written.filter((target) => !toRemove.includes(target));
  const removals = toRemove.map(({ desired, ours }) => ({ ...refOf(desired), ...ours! }));
  const olds = toReplace.map(({ before, ours }) => old(before!, ours!.resourceVersion));
  const [removed, replaced] = await Promise.all([
    sendBatch(toRemove, () => store.remove(removals, deadline), onBug),
    sendBatch(toReplace, () => store.replace(olds, deadline), onBug),
  ]);
  toRemove.forEach((target, i) => {
    const outcome = removed[i]!;
    const isGone = outcome.kind === "done" || isRejected(outcome, "not_found");
    if (outcome.kind === "unknown") doubt(target);
    else if (isRejected(outcome, "conflict")) settled(target, "changed");
    else if (isGone && target.before === undefined) settled(target);
    else if (isGone) Object.assign(target, { state: "removed", ours: undefined });
  });
  toReplace.forEach((target, i) => {
    const outcome = replaced[i]!;
    if (outcome.kind === "unknown") doubt(target);
    else if (outcome.kind === "done") settled(target);
    else if (isRejected(outcome, "conflict") || isRejected(outcome, "not_found")) {
      settled(target, "changed");
    }
  });

  const toCreate = targets.filter(({ state, before }) =>
    state === "removed" && before !== undefined
  );
  const again = toCreate.map(({ before }) => old(before!, undefined));
  const outcomes = await sendBatch(toCreate, () => store.create(again, deadline), onBug);
  toCreate.forEach((target, i) => {
    const outcome = outcomes[i]!;
    if (outcome.kind === "unknown") doubt(target);
    else if (outcome.kind === "done") settled(target);
    else if (isRejected(outcome, "exists")) settled(target, "changed");
  });
}

/** The manifest of the old secret, to replace the version `resourceVersion` or to create it again. */
function old(before: StoredSecret, resourceVersion: string | undefined): SecretManifest {
  const { uid: _uid, creationTimestamp: _time, deletionTimestamp: _deletion, ...manifest } = before;
  return { ...manifest, resourceVersion };
}

function isRejected(outcome: ItemOutcome, kind: KubeError["kind"]): boolean {
  return outcome.kind === "rejected" && outcome.error.kind === kind;
}
