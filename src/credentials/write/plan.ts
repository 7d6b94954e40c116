import { refKey, refOf, type Snapshot } from "../../kube/store.ts";
import { type DesiredSecret, isUnchanged, replaced } from "../kinds/kind.ts";
import { ownerOf } from "../kinds/owner.ts";
import type { Refusal, Target } from "./target.ts";

export interface Permissions {
  /** Whether a secret that is there may be replaced. */
  readonly upsert: boolean;
  /** Whether a foreign one may, and one that has to be deleted for it. */
  readonly force: boolean;
  /** Whether namespaces that are not there are made. @default false */
  readonly createNamespaces?: boolean;
}

/** What is to be done about `desired`, given what is there. */
export function plan(
  desired: DesiredSecret,
  snapshot: Snapshot,
  { upsert, force, createNamespaces = false }: Permissions,
): Target {
  const before = snapshot.secrets.get(refKey(desired));
  const target = (step: Target["step"]): Target => ({ desired, before, step, state: "planned" });
  const refused = (refusal: Refusal): Target => ({ ...target("create"), state: "failed", refusal });
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
  // A foreign one that is forced is replaced whole.
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
