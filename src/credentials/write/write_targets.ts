import type { KubeError, KubeErrorKind } from "../../kube/errors.ts";
import { type ItemOutcome, refKey, refOf, type SecretManifest } from "../../kube/store.ts";
import { plan, type WritePolicy } from "./plan.ts";
import { AFTER_A_RACE, type Judged, readAgain, sendBatch, settle, type Work } from "./settle.ts";
import { manifestOf, recognise, type Refusal, type WriteTarget } from "./target.ts";

export interface WriteWork extends Work {
  readonly policy: WritePolicy;
}

/** Rejections after which reading, planning and writing once more may succeed. */
const RACES: ReadonlySet<KubeErrorKind> = new Set(["conflict", "exists", "not_found", "busy"]);

/**
 * Writes all planned targets, or stops at the first failure. Each target's `state` tells its result.
 * A target stays `unknown` when its write was not answered and it could not be read within the deadline.
 */
export async function writeTargets(
  targets: readonly WriteTarget[],
  work: WriteWork,
): Promise<void> {
  const simple = targets.filter(({ action }) => action !== "recreate");
  await writeAndSettle(simple, work);
  // A recreated secret is missing briefly, so these come last, when everything else has succeeded.
  if (simple.every(({ state }) => state === "written")) {
    await recreateAll(targets.filter(({ action }) => action === "recreate"), work);
  }
}

async function writeAndSettle(targets: readonly WriteTarget[], work: WriteWork): Promise<void> {
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

function judged({ state, error }: WriteTarget): Judged {
  if (state === "unknown") return "retry";
  if (state !== "failed") return "settled";
  return error !== undefined && RACES.has(error.kind) ? "retry" : "lost";
}

async function sendAll(
  verb: "create" | "replace",
  all: readonly WriteTarget[],
  work: WriteWork,
): Promise<void> {
  const targets = all.filter(({ action }) => action === verb);
  const manifests = targets.map((target) => manifestOf(target, work.writeId));
  await send(targets, manifests, work, () => work.store[verb](manifests, work.deadline));
}

/** Sends one batch and stores each outcome in its target. */
async function send(
  targets: readonly WriteTarget[],
  manifests: readonly SecretManifest[],
  work: WriteWork,
  write: () => Promise<ItemOutcome[]>,
): Promise<void> {
  targets.forEach((target, i) => target.sent = manifests[i]);
  const outcomes = await sendBatch(targets, write, work.onBug);
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

/** Without the right to read namespaces, only the write itself reveals a missing one. */
function refusalOf({ desired }: WriteTarget, error: KubeError): Refusal | undefined {
  const ref = refOf(desired);
  if (error.kind === "namespace_not_found") return { kind: "namespace_missing", ref };
  if (error.kind === "namespace_terminating") return { kind: "namespace_terminating", ref };
  return undefined;
}

/** Reads targets again and plans them again. */
async function planAgain(
  targets: readonly WriteTarget[],
  work: WriteWork,
): Promise<Judged[] | undefined> {
  const snapshot = await readAgain(targets, work);
  return snapshot && targets.map((target): Judged => {
    if (recognise(target, snapshot.secrets.get(refKey(target.desired)), work.writeId)) {
      return "settled";
    }
    const { error } = target;
    const { action, before, state, refusal } = plan(target.desired, snapshot, work.policy);
    // A secret that must be deleted only since the first plan is left to the next request.
    const postponed = action === "recreate" && state === "planned";
    Object.assign(target, { action, before, state: postponed ? "failed" : state, error, refusal });
    if (target.state === "failed") return "lost";
    return target.state === "planned" ? "retry" : "settled";
  });
}

async function recreateAll(targets: readonly WriteTarget[], work: WriteWork): Promise<void> {
  for (const target of targets) {
    const { before } = target;
    if (work.deadline.signal.aborted) return;
    await send([target], [], work, () => work.store.remove([before!], work.deadline));
    // Not found: somebody else has deleted it, so a rollback does not create it again.
    const isGone = target.error?.kind === "not_found" && target.desired.expects === undefined;
    if (!isIn(target, "written") && !isGone) {
      if (isIn(target, "failed")) target.refusal ??= changedSince(target);
      return;
    }
    Object.assign(target, { state: "removed", ours: undefined, error: undefined });
    if (isGone) Object.assign(target, { before: undefined, action: "create" });
    const manifest = { ...manifestOf(target, work.writeId), resourceVersion: undefined };
    await send([target], [manifest], work, () => work.store.create([manifest], work.deadline));
    if (isIn(target, "failed") && !isGone) target.state = "removed";
    if (!isIn(target, "written")) return;
  }
}

/** The refusal of a target that may be written in one version only, and has changed since. */
function changedSince({ desired, error }: WriteTarget): Refusal | undefined {
  const isChanged = error?.kind === "conflict" || error?.kind === "not_found";
  return desired.expects !== undefined && isChanged
    ? { kind: "changed", ref: refOf(desired) }
    : undefined;
}

/** A function, because the compiler does not know that `send` changes the state. */
function isIn(target: WriteTarget, state: WriteTarget["state"]): boolean {
  return target.state === state;
}
