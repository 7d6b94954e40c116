import type { Deadline, Pause } from "../../kube/deadline.ts";
import { KubeError, type KubeErrorKind } from "../../kube/errors.ts";
import {
  type ItemOutcome,
  refKey,
  type SecretManifest,
  type SecretStore,
  type Snapshot,
} from "../../kube/store.ts";
import { created, replaced } from "../kinds/kind.ts";
import { type Permissions, plan } from "./plan.ts";
import { recognise, type Refusal, type Target } from "./target.ts";

export interface CarryOut {
  readonly store: SecretStore;
  readonly permissions: Permissions;
  readonly writeId: string;
  readonly deadline: Deadline;
  /** Told of a fault that is no {@link KubeError}: a bug, after which the put-back runs as ever. */
  readonly onFault: (error: unknown) => void;
  readonly pause: Pause;
}

/** How often a target is written at most: after a conflict or a passing fault it is read again. */
const ATTEMPTS = 5;

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
  for (let attempt = 1;; attempt++) {
    const planned = targets.filter(({ state }) => state === "planned");
    const creates = planned.filter(({ step }) => step === "create");
    const replaces = planned.filter(({ step }) => step === "replace");
    await Promise.all([createAll(creates, work), replaceAll(replaces, work)]);

    const unsettled = targets.filter(({ state, error }) =>
      state === "unknown" || (state === "failed" && error !== undefined && RACES.has(error.kind))
    );
    const lost = targets.some((target) => target.state === "failed" && !unsettled.includes(target));
    if (unsettled.length === 0 || lost || attempt === ATTEMPTS) return;
    await work.pause(50 * 2 ** attempt * (0.5 + Math.random()), work.deadline);
    if (work.deadline.signal.aborted || !await planAgain(unsettled, work)) return;
    if (targets.some(({ state }) => state === "failed")) return;
    if (targets.every(({ state }) => state === "written")) return;
  }
}

async function createAll(targets: readonly Target[], work: CarryOut): Promise<void> {
  const manifests = targets.map(({ desired }) => created(desired, work.writeId));
  await settle(targets, manifests, work, () => work.store.create(manifests, work.deadline));
}

async function replaceAll(targets: readonly Target[], work: CarryOut): Promise<void> {
  const manifests = targets.map(({ desired, before }) => replaced(before!, desired, work.writeId));
  await settle(targets, manifests, work, () => work.store.replace(manifests, work.deadline));
}

/** Makes one batch and notes its outcomes. */
async function settle(
  targets: readonly Target[],
  manifests: readonly SecretManifest[],
  work: CarryOut,
  write: () => Promise<ItemOutcome[]>,
): Promise<void> {
  if (targets.length === 0) return;
  targets.forEach((target, i) => target.sent = manifests[i]);
  const outcomes = await write().catch((error: unknown): ItemOutcome[] => {
    if (error instanceof KubeError) return targets.map(() => ({ kind: "rejected", error }));
    work.onFault(error);
    const unknown = new KubeError("internal", "Cannot write: an error inside this program");
    return targets.map(() => ({ kind: "unknown", error: unknown }));
  });
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
  const ref = { namespace: desired.namespace, name: desired.name };
  if (error.kind === "namespace_not_found") return { kind: "namespace_missing", ref };
  if (error.kind === "namespace_terminating") return { kind: "namespace_terminating", ref };
  return undefined;
}

/** Reads targets again and plans them anew; false when they could not be read. */
async function planAgain(targets: readonly Target[], work: CarryOut): Promise<boolean> {
  let snapshot: Snapshot;
  try {
    snapshot = await work.store.read(targets.map(({ desired }) => desired), work.deadline);
  } catch (error) {
    if (!(error instanceof KubeError)) work.onFault(error);
    return false;
  }
  for (const target of targets) {
    const current = snapshot.secrets.get(refKey(target.desired));
    if (recognise(target, current, work.writeId)) continue;
    const { error } = target;
    const { step, before, state, refusal } = plan(target.desired, snapshot, work.permissions);
    // What has come to need a delete since the first plan is left to the next request.
    const postponed = step === "recreate" && state === "planned";
    Object.assign(target, { step, before, state: postponed ? "failed" : state, error, refusal });
  }
  return true;
}

async function recreateAll(targets: readonly Target[], work: CarryOut): Promise<void> {
  for (const target of targets) {
    const { before, desired } = target;
    if (work.deadline.signal.aborted) return;
    await settle([target], [], work, () => work.store.remove([before!], work.deadline));
    // Not found: somebody else has deleted it, and does not get it back when this fails.
    const isGone = target.error?.kind === "not_found";
    if (!isIn(target, "written") && !isGone) return;
    Object.assign(target, { state: "removed", ours: undefined, error: undefined });
    if (isGone) Object.assign(target, { before: undefined, step: "create" });
    const manifest = isGone ? created(desired, work.writeId) : {
      ...replaced(before!, desired, work.writeId),
      resourceVersion: undefined,
    };
    await settle([target], [manifest], work, () => work.store.create([manifest], work.deadline));
    if (isIn(target, "failed") && !isGone) target.state = "removed";
    if (!isIn(target, "written")) return;
  }
}

/** A call, because the compiler does not see that `settle` changes the state. */
function isIn(target: Target, state: Target["state"]): boolean {
  return target.state === state;
}
