import { KubeError } from "../../kube/errors.ts";
import { refKey } from "../../kube/store.ts";
import { type PutBack, putBack } from "./put_back.ts";
import { isDone, type Target } from "./target.ts";
import type { FailedSecret } from "./verdict.ts";

/**
 * Puts back what was written, and tells of each secret what became of it.
 * @param cause why it is undone, where that is no failure of a secret's
 */
export async function undo(
  targets: readonly Target[],
  cause: KubeError | undefined,
  work: PutBack,
) {
  const failed = targets.filter((target) => !isDone(target));
  const outcome = new Map(failed.map((target) => [target, reason(target)]));
  const error = causeOf(failed) ?? cause ??
    new KubeError("failed", "Cannot write: it was not tried");
  const touched = new Set(targets.filter(({ ours, state }) => ours || state === "removed"));
  const notRestored = await putBack(targets, work);
  const refusals = failed.flatMap(({ refusal }) => refusal ? [refusal] : []);
  const secrets = targets.map((target): FailedSecret => {
    const { namespace, name } = target.desired;
    const left = notRestored.find((each) => refKey(each) === refKey(target.desired));
    const became = left ? `not put back: ${left.state}` : whatBecame(target, touched.has(target));
    return { namespace, name, why: [outcome.get(target), became].filter(Boolean).join("; ") };
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
