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
import { isUnchanged } from "../kinds/kind.ts";
import { type Judged, readAgain, sendBatch, settle, type Work } from "./settle.ts";
import { isDeleted, recognise, type Target } from "./target.ts";
import { LAST_LOOK } from "./times.ts";

/** A secret that does not hold what it held before, and what it holds instead. */
export interface NotRestored extends SecretRef {
  /** Whether it is a service account, of whose pull secrets this is said. */
  readonly isServiceAccount?: true;
  /**
   * `new`: what the failed request wrote. `missing`: nothing. `changed`: what somebody else wrote
   * since, left alone. `unknown`: it could not be read.
   */
  readonly state: "new" | "missing" | "changed" | "unknown";
}

/**
 * Between two looks at a secret whose write was never answered: a request that the API server has
 * taken in may still be carried out when its connection is gone.
 */
const LATE_WRITE = 500;

/**
 * Looks what became of unanswered writes.
 * Afterwards a target is `unknown` only if it could not be read.
 */
export async function settleUnknown(targets: readonly Target[], work: Work): Promise<void> {
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
 * Gives every secret that this write has changed its old value back, as far as nobody else has
 * changed it since, trying again until its deadline. What the end of that leaves in doubt is looked
 * at once more.
 * @param work under a deadline of its own: not the one that the write may have used up
 * @returns those that are not as they were; empty when all is as before
 */
export async function putBack(targets: readonly Target[], work: Work): Promise<NotRestored[]> {
  const left = new Map<Target, NotRestored["state"]>();
  const changed = new Map<Target, NotRestored["state"]>();
  for (const target of targets) {
    if (target.overtaken) changed.set(target, "changed");
    else if (target.state === "written" && target.ours !== undefined) left.set(target, "new");
    // Without an old value it was deleted by somebody else, and that is theirs to undo.
    if (target.state === "removed" && target.before !== undefined) left.set(target, "missing");
    if (target.state === "unknown") left.set(target, "unknown");
  }
  const settled = (target: Target, state?: NotRestored["state"]) => {
    left.delete(target);
    if (state !== undefined) changed.set(target, state);
  };
  const judge = (targets: readonly Target[]) =>
    targets.map((target): Judged => left.has(target) ? "again" : "over");
  /** Takes in what secrets hold that may not be as they were. */
  const look = async (targets: readonly Target[], work: Work) => {
    const snapshot = await readAgain(targets, work);
    for (const target of snapshot === undefined ? [] : targets) {
      const state = lookAt(target, snapshot!.secrets.get(refKey(target.desired)), work);
      if (state === "restored") settled(target);
      else if (state === "changed") settled(target, state);
      else left.set(target, state);
    }
    return snapshot && judge(targets);
  };
  // Whether it is undone or not is not known until it is read again.
  const doubt = (target: Target) => left.set(target, "unknown");

  await settle([...left.keys()], {
    isUndo: true,
    wait: (attempts) => Math.min(50 * 2 ** attempts, 2000),
    send: async (targets) => {
      await undo(targets, work, settled, doubt);
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

/** What a secret that was to be put back holds now, noting in the target what has to be undone. */
function lookAt(
  target: Target,
  current: StoredSecret | undefined,
  work: Work,
): NotRestored["state"] | "restored" {
  const { before } = target;
  if (recognise(target, current, work.writeId)) return target.overtaken ? "changed" : "new";
  if (current === undefined) {
    if (before === undefined) return "restored";
    if (!isDeleted(target)) return "changed"; // somebody deleted it since
    target.state = "removed";
    target.ours = undefined;
    return "missing";
  }
  if (before === undefined) return target.state === "written" ? "changed" : "restored";
  return isUnchanged(current, before) ? "restored" : "changed";
}

/** Undoes, in one batch each, what is known to be ours. */
async function undo(
  targets: readonly Target[],
  work: Work,
  settled: (target: Target, state?: NotRestored["state"]) => void,
  doubt: (target: Target) => void,
): Promise<void> {
  const { store, deadline, onFault } = work;
  const written = targets.filter(({ state, ours }) => state === "written" && ours !== undefined);
  const toRemove = written.filter(({ before, step }) =>
    before === undefined || step === "recreate"
  );
  const toReplace = written.filter((target) => !toRemove.includes(target));
  const removals = toRemove.map(({ desired, ours }) => ({ ...refOf(desired), ...ours! }));
  const olds = toReplace.map(({ before, ours }) => old(before!, ours!.resourceVersion));
  const [removed, replaced] = await Promise.all([
    sendBatch(toRemove, () => store.remove(removals, deadline), onFault),
    sendBatch(toReplace, () => store.replace(olds, deadline), onFault),
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
  const outcomes = await sendBatch(toCreate, () => store.create(again, deadline), onFault);
  toCreate.forEach((target, i) => {
    const outcome = outcomes[i]!;
    if (outcome.kind === "unknown") doubt(target);
    else if (outcome.kind === "done") settled(target);
    else if (isRejected(outcome, "exists")) settled(target, "changed");
  });
}

/** The old object, to replace the version `resourceVersion` or to be created anew. */
function old(before: StoredSecret, resourceVersion: string | undefined): SecretManifest {
  const { uid: _uid, creationTimestamp: _time, deletionTimestamp: _deletion, ...manifest } = before;
  return { ...manifest, resourceVersion };
}

function isRejected(outcome: ItemOutcome, kind: KubeError["kind"]): boolean {
  return outcome.kind === "rejected" && outcome.error.kind === kind;
}
