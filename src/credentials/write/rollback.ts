import { KubeError } from "../../kube/errors.ts";
import { refKey, refOf, type Snapshot } from "../../kube/store.ts";
import { type AppliedUses, rollBackUses } from "./pull_secret_uses.ts";
import { restore } from "./restore.ts";
import type { Work } from "./settle.ts";
import { isTargetDone, type WriteTarget } from "./target.ts";
import type { Failed, FailedSecret, WriteRefused } from "./verdict.ts";

export interface RollbackRequest {
  readonly targets: readonly WriteTarget[];
  /** What the write did to the service accounts of `uses`. */
  readonly verb: "attach" | "detach";
  readonly uses: AppliedUses;
  /** Namespaces that the write created; they stay. @default none */
  readonly namespaces?: readonly string[];
  /** The secrets that the write read, for the verdict. */
  readonly snapshot?: Snapshot;
}

/**
 * Reverts everything that a failed write changed, and makes its verdict: `refused` when everything is as
 * before and a refusal was the cause, otherwise `failed`.
 */
export async function rollBack(
  { targets, verb, uses, namespaces = [], snapshot }: RollbackRequest,
  work: Work,
): Promise<WriteRefused | Failed> {
  // Concurrently, so that each has all of the time, even if the other cannot be reverted.
  const [changed, { error, secrets, notRestored, refusals }] = await Promise.all([
    rollBackUses(verb, uses, work),
    restoreAll(targets, uses.error, work),
  ]);
  const left = [...notRestored, ...changed];
  if (left.length + namespaces.length > 0 || refusals.length === 0) {
    return { kind: "failed", error, secrets, notRestored: left, namespaces };
  }
  const current = new Map(snapshot?.secrets);
  for (const { before, desired } of targets) if (before) current.set(refKey(desired), before);
  return { kind: "refused", refusals, current };
}

/**
 * Restores the secrets, and describes the result of each.
 * @param cause why the write is rolled back, unless a secret's own error is the cause
 */
async function restoreAll(
  targets: readonly WriteTarget[],
  cause: KubeError | undefined,
  work: Work,
) {
  const failed = targets.filter((target) => !isTargetDone(target));
  const outcome = new Map(failed.map((target) => [target, reason(target)]));
  const error = causeOf(failed) ?? cause ??
    new KubeError("failed", "Cannot write: not attempted");
  const touched = new Set(targets.filter(({ ours, state }) => ours || state === "removed"));
  const notRestored = await restore(targets, work);
  const refusals = failed.flatMap(({ refusal }) => refusal ? [refusal] : []);
  const secrets = targets.map((target): FailedSecret => {
    const left = notRestored.find((each) => refKey(each) === refKey(target.desired));
    const became = left
      ? `not rolled back: ${left.state}`
      : whatBecame(target, touched.has(target));
    return {
      ...refOf(target.desired),
      why: [outcome.get(target), became].filter(Boolean).join("; "),
    };
  });
  return { error, secrets, notRestored, refusals };
}

/** The error that decides the response: the first one that is not the result of a race. */
function causeOf(failed: readonly WriteTarget[]): KubeError | undefined {
  const errors = failed.flatMap(({ error }) => error ? [error] : []);
  return errors.find(({ kind }) => kind !== "conflict" && kind !== "exists") ?? errors[0];
}

function whatBecame({ action, before }: WriteTarget, isTouched: boolean): string {
  if (action === "remove" && before === undefined) return "deleted by somebody else";
  const did = action === "remove" ? "deleted" : "written";
  return isTouched ? `${did} and rolled back` : `not ${did}`;
}

function reason({ error, state }: WriteTarget): string | undefined {
  return error?.message ?? (state === "planned" ? "not attempted" : undefined);
}
