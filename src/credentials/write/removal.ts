import { type Deadline, deadlineIn, pause as realPause } from "../../kube/deadline.ts";
import { KubeError, type KubeErrorKind } from "../../kube/errors.ts";
import {
  type ItemOutcome,
  type PullSecretUse,
  refKey,
  type SecretRef,
  type SecretStore,
  type StoredSecret,
} from "../../kube/store.ts";
import { isPullSecretType } from "../kinds/pull_secret.ts";
import type { DesiredSecret } from "../kinds/kind.ts";
import { MANAGED_BY, MANAGED_BY_LABEL, WRITE_ANNOTATION } from "../kinds/kind.ts";
import { ownerOf } from "../kinds/owner.ts";
import { inTurn } from "./locks.ts";
import { putBackSeconds as usualPutBack } from "./times.ts";
import { undo } from "./undo.ts";
import type { FailedSecret, WriteDeps } from "./verdict.ts";
import type { Refused } from "./planning.ts";
import { applyUses, serviceAccountsIn, undoUses } from "./pull_secret_uses.ts";
import { type NotRestored, settleUnknown } from "./put_back.ts";
import { isDone, type Refusal, type Target } from "./target.ts";

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
  | { readonly kind: "unable"; readonly error: KubeError }
  | {
    readonly kind: "failed";
    readonly error: KubeError;
    readonly secrets: readonly FailedSecret[];
    readonly notRestored: readonly NotRestored[];
  };

/** How often a secret that somebody has changed is read and deleted again. */
const ATTEMPTS = 5;

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
    if (error instanceof KubeError) return { kind: "unable", error };
    throw error;
  }
}

/** Whether this program has written it. */
export function isOurs(secret: Pick<StoredSecret, "labels" | "annotations">): boolean {
  return secret.labels[MANAGED_BY_LABEL] === MANAGED_BY ||
    Object.hasOwn(secret.annotations, WRITE_ANNOTATION);
}

function refusalOf(secret: StoredSecret, force: boolean): Refusal[] {
  const ref = { namespace: secret.namespace, name: secret.name };
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
    if (error instanceof KubeError && error.kind === "forbidden") return [];
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
  const [error] = outcomes.flatMap((outcome) =>
    outcome.kind === "done" || outcome.error.kind === "not_found" ? [] : [outcome.error]
  );
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
  const { store, onFault, seconds, pause = realPause } = deps;
  const { putBackSeconds = (count) => usualPutBack(seconds, count) } = deps;
  const common = { store, onFault, pause };
  const taken = await applyUses("detach", uses, { ...common, deadline });
  const targets = secrets.map(targetOf);
  if (taken.done.length === uses.length) {
    await removeTargets(targets, request.force, deps, deadline);
  }
  const lastly = () => ({
    ...common,
    writeId: crypto.randomUUID(), // nothing is written, so nothing is recognised as written
    deadline: deadlineIn(putBackSeconds(targets.length)),
  });
  await settleUnknown(targets, lastly());
  if (targets.every(isDone) && taken.done.length === uses.length) {
    return { kind: "removed", secrets, detached: uses };
  }
  const afterwards = lastly();
  const [{ error, secrets: about, notRestored, refusals }, left] = await Promise.all([
    undo(targets, taken.error, afterwards),
    undoUses("detach", taken, afterwards),
  ]);
  if (notRestored.length + left.length === 0 && refusals.length > 0) {
    const there = targets.flatMap(({ before }) => before ?? []);
    const current = new Map(there.map((secret) => [refKey(secret), secret]));
    return { kind: "refused", refusals, current };
  }
  return { kind: "failed", error, secrets: about, notRestored: [...notRestored, ...left] };
}

/** What is put back is what was there. */
function targetOf(before: StoredSecret): Target {
  const desired: DesiredSecret = { ...before, merge: () => before.data, recognises: () => true };
  return { desired, before, step: "remove", state: "planned" };
}

async function removeTargets(
  targets: readonly Target[],
  force: boolean,
  { store, onFault, pause = realPause }: WriteDeps,
  deadline: Deadline,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const planned = targets.filter(({ state }) => state === "planned");
    const outcomes = await store.remove(planned.map(({ before }) => before!), deadline)
      .catch((error: unknown): ItemOutcome[] => {
        if (error instanceof KubeError) return planned.map(() => ({ kind: "rejected", error }));
        onFault(error);
        const unknown = new KubeError("internal", "Cannot delete: an error inside this program");
        return planned.map(() => ({ kind: "unknown", error: unknown }));
      });
    planned.forEach((target, i) => settle(target, outcomes[i]!));
    const again = targets.filter(({ state, error }) =>
      state === "failed" && error !== undefined && PASSING.has(error.kind)
    );
    const lost = targets.some((target) => target.state === "failed" && !again.includes(target));
    if (again.length === 0 || lost || attempt === ATTEMPTS) return;
    await pause(50 * 2 ** attempt * (0.5 + Math.random()), deadline);
    if (deadline.signal.aborted) return;
    const { secrets } = await store.read(again.map(({ desired }) => desired), deadline)
      .catch((error) => {
        if (!(error instanceof KubeError)) onFault(error);
        return { secrets: undefined };
      });
    if (secrets === undefined) return;
    for (const target of again) planAgain(target, secrets.get(refKey(target.desired)), force);
  }
}

function settle(target: Target, outcome: ItemOutcome): void {
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
