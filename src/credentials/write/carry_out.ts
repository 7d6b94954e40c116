import type { KubeError, KubeErrorKind } from "../../kube/errors.ts";
import { type ItemOutcome, refKey, refOf, type SecretManifest } from "../../kube/store.ts";
import { type Permissions, plan } from "./plan.ts";
import { AFTER_A_RACE, type Judged, readAgain, sendBatch, settle, type Work } from "./settle.ts";
import { manifestOf, recognise, type Refusal, type Target } from "./target.ts";

export interface CarryOut extends Work {
  readonly permissions: Permissions;
}

/** Rejections after which reading, planning and writing again may succeed. */
const RACES: ReadonlySet<KubeErrorKind> = new Set(["conflict", "exists", "not_found", "busy"]);

/**
 * Writes all planned targets, or stops at the first failure; what became of each stands in it. A
 * target left `unknown` is one that nothing could be read about within the deadline.
 */
export async function carryOut(targets: readonly Target[], work: CarryOut): Promise<void> {
  const simple = targets.filter(({ step }) => step !== "recreate");
  await writeAndSettle(simple, work);
  // The moment in which a secret is gone comes last, when all else has succeeded.
  if (simple.every(({ state }) => state === "written")) {
    await recreateAll(targets.filter(({ step }) => step === "recreate"), work);
  }
}

async function writeAndSettle(targets: readonly Target[], work: CarryOut): Promise<void> {
  const planned = targets.filter(({ state }) => state === "planned");
  await settle(planned, {
    ...AFTER_A_RACE,
    async send(targets) {
      await Promise.all([sendAll("create", targets, work), sendAll("replace", targets, work)]);
      return targets.map(judged);
    },
    look: (targets) => planAgain(targets, work),
  }, work);
}

function judged({ state, error }: Target): Judged {
  if (state === "unknown") return "again";
  if (state !== "failed") return "over";
  return error !== undefined && RACES.has(error.kind) ? "again" : "lost";
}

async function sendAll(
  verb: "create" | "replace",
  all: readonly Target[],
  work: CarryOut,
): Promise<void> {
  const targets = all.filter(({ step }) => step === verb);
  const manifests = targets.map((target) => manifestOf(target, work.writeId));
  await send(targets, manifests, work, () => work.store[verb](manifests, work.deadline));
}

/** Sends one batch and notes its outcomes. */
async function send(
  targets: readonly Target[],
  manifests: readonly SecretManifest[],
  work: CarryOut,
  write: () => Promise<ItemOutcome[]>,
): Promise<void> {
  targets.forEach((target, i) => target.sent = manifests[i]);
  const outcomes = await sendBatch(targets, write, work.onFault);
  targets.forEach((target, i) => {
    const outcome = outcomes[i]!;
    if (outcome.kind === "done") {
      target.state = "written";
      target.ours = outcome;
      return;
    }
    target.state = outcome.kind === "unknown" ? "unknown" : "failed";
    target.error = outcome.error;
    target.refusal = refusalOf(target, outcome.error);
  });
}

/** A namespace that could not be read beforehand shows only now. */
function refusalOf({ desired }: Target, error: KubeError): Refusal | undefined {
  const ref = refOf(desired);
  if (error.kind === "namespace_not_found") return { kind: "namespace_missing", ref };
  if (error.kind === "namespace_terminating") return { kind: "namespace_terminating", ref };
  return undefined;
}

/** Reads targets again and plans them anew. */
async function planAgain(
  targets: readonly Target[],
  work: CarryOut,
): Promise<Judged[] | undefined> {
  const snapshot = await readAgain(targets, work);
  return snapshot && targets.map((target): Judged => {
    if (recognise(target, snapshot.secrets.get(refKey(target.desired)), work.writeId)) {
      return "over";
    }
    const { error } = target;
    const { step, before, state, refusal } = plan(target.desired, snapshot, work.permissions);
    // What has come to need a delete since the first plan is left to the next request.
    const postponed = step === "recreate" && state === "planned";
    Object.assign(target, { step, before, state: postponed ? "failed" : state, error, refusal });
    if (target.state === "failed") return "lost";
    return target.state === "planned" ? "again" : "over";
  });
}

async function recreateAll(targets: readonly Target[], work: CarryOut): Promise<void> {
  for (const target of targets) {
    const { before } = target;
    if (work.deadline.signal.aborted) return;
    await send([target], [], work, () => work.store.remove([before!], work.deadline));
    // Not found: somebody else has deleted it, and does not get it back when this fails.
    const isGone = target.error?.kind === "not_found" && target.desired.expects === undefined;
    if (!isIn(target, "written") && !isGone) {
      if (isIn(target, "failed")) target.refusal ??= changedSince(target);
      return;
    }
    Object.assign(target, { state: "removed", ours: undefined, error: undefined });
    if (isGone) Object.assign(target, { before: undefined, step: "create" });
    const manifest = { ...manifestOf(target, work.writeId), resourceVersion: undefined };
    await send([target], [manifest], work, () => work.store.create([manifest], work.deadline));
    if (isIn(target, "failed") && !isGone) target.state = "removed";
    if (!isIn(target, "written")) return;
  }
}

/** Of what is written in one version alone: that it is there in that version no more. */
function changedSince({ desired, error }: Target): Refusal | undefined {
  const isChanged = error?.kind === "conflict" || error?.kind === "not_found";
  return desired.expects !== undefined && isChanged
    ? { kind: "changed", ref: refOf(desired) }
    : undefined;
}

/** A call, because the compiler does not see that `send` changes the state. */
function isIn(target: Target, state: Target["state"]): boolean {
  return target.state === state;
}
