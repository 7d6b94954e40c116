import { type Deadline, deadlineIn, type Pause } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import {
  type ItemOutcome,
  refKey,
  type SecretManifest,
  type SecretRef,
  type SecretStore,
  type StoredSecret,
} from "../../kube/store.ts";
import { isUnchanged } from "../kinds/kind.ts";
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

export interface PutBack {
  readonly store: SecretStore;
  readonly writeId: string;
  /** Its own: not the one that the write may have used up. */
  readonly deadline: Deadline;
  readonly onFault: (error: unknown) => void;
  readonly pause: Pause;
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
export async function settleUnknown(targets: readonly Target[], work: PutBack): Promise<void> {
  for (let look = 1; look <= 2; look++) {
    const unknown = targets.filter(({ state }) => state === "unknown");
    if (unknown.length === 0) return;
    if (look > 1) await work.pause(LATE_WRITE, work.deadline);
    const secrets = await readAll(unknown, work);
    if (secrets === undefined) return;
    for (const target of unknown) {
      const current = secrets.get(refKey(target.desired));
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
 * @returns those that are not as they were; empty when all is as before
 */
export async function putBack(targets: readonly Target[], work: PutBack): Promise<NotRestored[]> {
  const left = new Map<Target, NotRestored["state"]>();
  const changed = new Map<Target, NotRestored["state"]>();
  for (const target of targets) {
    if (target.overtaken) changed.set(target, "changed");
    else if (target.state === "written" && target.ours !== undefined) left.set(target, "new");
    // Without an old value it was deleted by somebody else, and that is theirs to undo.
    if (target.state === "removed" && target.before !== undefined) left.set(target, "missing");
    if (target.state === "unknown") left.set(target, "unknown");
  }
  const settle = (target: Target, state?: NotRestored["state"]) => {
    left.delete(target);
    if (state !== undefined) changed.set(target, state);
  };
  /** Takes in what secrets hold that may not be as they were. */
  const look = async (targets: readonly Target[], work: PutBack) => {
    const secrets = await readAll(targets, work);
    for (const target of secrets === undefined ? [] : targets) {
      const state = lookAt(target, secrets!.get(refKey(target.desired)), work);
      if (state === "restored") settle(target);
      else if (state === "changed") settle(target, state);
      else left.set(target, state);
    }
    return secrets !== undefined;
  };

  // Whether it is undone or not is not known until it is read again.
  const doubt = (target: Target) => left.set(target, "unknown");

  await undo([...left.keys()], work, settle, doubt);
  for (let attempt = 0; left.size > 0 && !work.deadline.signal.aborted; attempt++) {
    await work.pause(Math.min(100 * 2 ** attempt, 2000), work.deadline);
    if (!await look([...left.keys()], work)) continue;
    await undo([...left.keys()], work, settle, doubt);
  }
  const doubtful = [...left].filter(([, state]) => state === "unknown").map(([target]) => target);
  if (doubtful.length > 0) {
    const deadline = deadlineIn(Math.min(work.deadline.seconds, LAST_LOOK));
    await work.pause(LATE_WRITE, deadline);
    await look(doubtful, { ...work, deadline });
  }
  return targets.flatMap((target) => {
    const state = changed.get(target) ?? left.get(target);
    const { namespace, name } = target.desired;
    return state === undefined ? [] : [{ namespace, name, state }];
  });
}

/** What a secret that was to be put back holds now, noting in the target what has to be undone. */
function lookAt(
  target: Target,
  current: StoredSecret | undefined,
  work: PutBack,
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
  work: PutBack,
  settle: (target: Target, state?: NotRestored["state"]) => void,
  doubt: (target: Target) => void,
): Promise<void> {
  const { store, deadline } = work;
  const written = targets.filter(({ state, ours }) => state === "written" && ours !== undefined);
  const toRemove = written.filter(({ before, step }) =>
    before === undefined || step === "recreate"
  );
  const toReplace = written.filter((target) => !toRemove.includes(target));
  const removals = toRemove.map(({ desired: { namespace, name }, ours }) => ({
    namespace,
    name,
    ...ours!,
  }));
  const olds = toReplace.map(({ before, ours }) => old(before!, ours!.resourceVersion));
  const [removed, replaced] = await Promise.all([
    attempt(toRemove, work, () => store.remove(removals, deadline)),
    attempt(toReplace, work, () => store.replace(olds, deadline)),
  ]);
  toRemove.forEach((target, i) => {
    const outcome = removed[i]!;
    const isGone = outcome.kind === "done" || isRejected(outcome, "not_found");
    if (outcome.kind === "unknown") doubt(target);
    else if (isRejected(outcome, "conflict")) settle(target, "changed");
    else if (isGone && target.before === undefined) settle(target);
    else if (isGone) Object.assign(target, { state: "removed", ours: undefined });
  });
  toReplace.forEach((target, i) => {
    const outcome = replaced[i]!;
    if (outcome.kind === "unknown") doubt(target);
    else if (outcome.kind === "done") settle(target);
    else if (isRejected(outcome, "conflict") || isRejected(outcome, "not_found")) {
      settle(target, "changed");
    }
  });

  const toCreate = targets.filter(({ state, before }) =>
    state === "removed" && before !== undefined
  );
  const again = toCreate.map(({ before }) => old(before!, undefined));
  const outcomes = await attempt(toCreate, work, () => store.create(again, deadline));
  toCreate.forEach((target, i) => {
    const outcome = outcomes[i]!;
    if (outcome.kind === "unknown") doubt(target);
    else if (outcome.kind === "done") settle(target);
    else if (isRejected(outcome, "exists")) settle(target, "changed");
  });
}

/** The old object, to replace the version `resourceVersion` or to be created anew. */
function old(before: StoredSecret, resourceVersion: string | undefined): SecretManifest {
  const { namespace, name, type, labels, annotations, data, immutable } = before;
  const { ownerReferences, finalizers } = before;
  return {
    namespace,
    name,
    type,
    labels,
    annotations,
    data,
    immutable,
    ownerReferences,
    finalizers,
    resourceVersion,
  };
}

async function attempt(
  targets: readonly Target[],
  work: PutBack,
  write: () => Promise<ItemOutcome[]>,
): Promise<ItemOutcome[]> {
  if (targets.length === 0) return [];
  return await write().catch((error: unknown): ItemOutcome[] => {
    const isBug = !(error instanceof KubeError);
    if (isBug) work.onFault(error);
    const failed = new KubeError("failed", "Cannot put back");
    // A store throws a KubeError only when nothing was sent.
    return targets.map(() => ({ kind: isBug ? "unknown" : "rejected", error: failed }));
  });
}

function isRejected(outcome: ItemOutcome, kind: KubeError["kind"]): boolean {
  return outcome.kind === "rejected" && outcome.error.kind === kind;
}

async function readAll(
  targets: readonly Target[],
  work: PutBack,
): Promise<ReadonlyMap<string, StoredSecret> | undefined> {
  try {
    const snapshot = await work.store.read(targets.map(({ desired }) => desired), work.deadline);
    return snapshot.secrets;
  } catch (error) {
    if (!(error instanceof KubeError)) work.onFault(error);
    return undefined;
  }
}
