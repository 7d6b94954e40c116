import { KubeError } from "../../kube/errors.ts";
import { refKey, refOf, type Snapshot } from "../../kube/store.ts";
import { type AppliedUses, undoUses } from "./pull_secret_uses.ts";
import { putBack } from "./put_back.ts";
import type { Work } from "./settle.ts";
import { isDone, type Target } from "./target.ts";
import type { Failed, FailedSecret, Refused } from "./verdict.ts";

export interface Undone {
  readonly targets: readonly Target[];
  /** What was done to service accounts. */
  readonly verb: "attach" | "detach";
  readonly uses: AppliedUses;
  /** Namespaces that were made for it. @default none */
  readonly namespaces?: readonly string[];
  /** What is there besides the targets. */
  readonly snapshot?: Snapshot;
}

/** Undoes what was done of a request, and tells what became of it. */
export async function undoAll(
  { targets, verb, uses, namespaces = [], snapshot }: Undone,
  work: Work,
): Promise<Refused | Failed> {
  // Each has all of the time: neither waits for what cannot be undone of the other.
  const [changed, { error, secrets, notRestored, refusals }] = await Promise.all([
    undoUses(verb, uses, work),
    undo(targets, uses.error, work),
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
 * Puts back what was written, and tells of each secret what became of it.
 * @param cause why it is undone, where that is no failure of a secret's
 */
async function undo(
  targets: readonly Target[],
  cause: KubeError | undefined,
  work: Work,
) {
  const failed = targets.filter((target) => !isDone(target));
  const outcome = new Map(failed.map((target) => [target, reason(target)]));
  const error = causeOf(failed) ?? cause ??
    new KubeError("failed", "Cannot write: it was not tried");
  const touched = new Set(targets.filter(({ ours, state }) => ours || state === "removed"));
  const notRestored = await putBack(targets, work);
  const refusals = failed.flatMap(({ refusal }) => refusal ? [refusal] : []);
  const secrets = targets.map((target): FailedSecret => {
    const left = notRestored.find((each) => refKey(each) === refKey(target.desired));
    const became = left ? `not put back: ${left.state}` : whatBecame(target, touched.has(target));
    return {
      ...refOf(target.desired),
      why: [outcome.get(target), became].filter(Boolean).join("; "),
    };
  });
  return { error, secrets, notRestored, refusals };
}

/** The failure that decides the answer: what came first, rather than what followed from it. */
function causeOf(failed: readonly Target[]): KubeError | undefined {
  const errors = failed.flatMap(({ error }) => error ? [error] : []);
  return errors.find(({ kind }) => kind !== "conflict" && kind !== "exists") ?? errors[0];
}

function whatBecame({ step, before }: Target, isTouched: boolean): string {
  if (step === "remove" && before === undefined) return "deleted by somebody else";
  const did = step === "remove" ? "deleted" : "written";
  return isTouched ? `${did} and put back` : `not ${did}`;
}

function reason({ error, state }: Target): string | undefined {
  return error?.message ?? (state === "planned" ? "not tried" : undefined);
}
