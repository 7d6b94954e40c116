import { refKey, refOf, type Snapshot } from "../../kube/store.ts";
import { type DesiredSecret, isUnchanged, replaced } from "../kinds/desired_secret.ts";
import { ownerOf } from "../kinds/owner.ts";
import type { Refusal, WriteTarget } from "./target.ts";

export interface WritePolicy {
  /** Whether an existing secret may be replaced. */
  readonly upsert: boolean;
  /** Whether a foreign secret may be replaced, and whether a secret may be deleted to replace it. */
  readonly force: boolean;
  /** Whether missing namespaces are created. @default false */
  readonly createNamespaces?: boolean;
}

/** Decides how to write `desired`, given what the cluster holds. Refusals are in the target. */
export function plan(
  desired: DesiredSecret,
  snapshot: Snapshot,
  { upsert, force, createNamespaces = false }: WritePolicy,
): WriteTarget {
  const before = snapshot.secrets.get(refKey(desired));
  const target = (action: WriteTarget["action"]): WriteTarget => ({
    desired,
    before,
    action,
    state: "planned",
  });
  const refused = (refusal: Refusal): WriteTarget => ({
    ...target("create"),
    state: "failed",
    refusal,
  });
  const ref = refOf(desired);

  if (snapshot.namespaces !== undefined) {
    const phase = snapshot.namespaces.get(desired.namespace);
    if (phase === undefined && createNamespaces) return target("create");
    if (phase === undefined) return refused({ kind: "namespace_missing", ref });
    if (phase === "Terminating") return refused({ kind: "namespace_terminating", ref });
  }
  const { expects } = desired;
  const isExpected = expects === undefined || before?.uid === expects.uid &&
      before.resourceVersion === expects.resourceVersion;
  if (!isExpected) return refused({ kind: "changed", ref });
  if (before === undefined) return target("create");
  if (!force && !desired.recognises(before)) {
    return refused({ kind: "foreign", ref, type: before.type });
  }
  if (!upsert) return refused({ kind: "exists", ref });
  const owner = force ? undefined : ownerOf(before);
  if (owner !== undefined) return refused({ kind: "owned", ref, owner });
  // A foreign secret has nothing to merge: with force it is replaced as a whole.
  const why = desired.recognises(before) ? desired.unmergeable?.(before) : undefined;
  if (why !== undefined) return refused({ kind: "unmergeable", ref, why });
  if (before.deletionTimestamp !== undefined) return refused({ kind: "being_deleted", ref });
  if (isUnchanged(before, replaced(before, desired, ""))) {
    return { ...target("unchanged"), state: "written" };
  }
  if (before.type === desired.type && before.immutable !== true) return target("replace");
  if (!force) {
    return before.type === desired.type
      ? refused({ kind: "immutable", ref })
      : refused({ kind: "type_change", ref, type: before.type });
  }
  return before.finalizers?.length ? refused({ kind: "finalizers", ref }) : target("recreate");
}
