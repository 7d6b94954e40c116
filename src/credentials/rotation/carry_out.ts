import { refKey, refOf } from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/desired_secret.ts";
import { write, type WriteDeps, type WriteVerdict } from "../write.ts";
import { withoutValues } from "./hide.ts";
import { beingDeleted, type LeftEntry } from "./left.ts";
import type { PlannedSecret, PlanRequest, RotationPlan } from "./plan.ts";

export interface CarryOutRotation extends Pick<PlanRequest, "force" | "expires"> {
  /** Unique; a write recognises its own secrets by it. */
  readonly writeId: string;
  /** Whether to send a server-side dry run only. @default false */
  readonly dryRun?: boolean;
}

export interface RotationVerdict {
  /** The verdict of the write, which is all-or-nothing. */
  readonly verdict: WriteVerdict;
  /** `unchanged` and `not_found`: nothing was written, because every planned secret is being deleted. */
  readonly status: "rotated" | "unchanged" | "not_found" | "failed";
  /** Secrets that were skipped because they or their namespaces are being deleted. */
  readonly left: readonly LeftEntry[];
}

/**
 * Rewrites the secrets of a plan, all or none, each only in the version that was planned. If one was changed or
 * deleted since, the whole write is refused; the caller plans again.
 */
export async function carryOutRotation(
  { toRotate, unchanged }: Pick<RotationPlan, "toRotate" | "unchanged">,
  { force, expires, writeId, dryRun }: CarryOutRotation,
  deps: WriteDeps,
): Promise<RotationVerdict> {
  const send = async (planned: readonly PlannedSecret[]) => {
    const verdict = await write({
      secrets: planned.map((each) => desired(each, expires)),
      policy: { upsert: true, force },
      writeId,
      dryRun,
    }, deps);
    return hiding(planned, verdict);
  };
  const result = (verdict: WriteVerdict, left: readonly LeftEntry[] = []): RotationVerdict => ({
    verdict,
    status: verdict.kind !== "written"
      ? "failed"
      : verdict.secrets.length > 0
      ? "rotated"
      : unchanged.length > 0
      ? "unchanged"
      : "not_found",
    left,
  });
  if (toRotate.length === 0) return result(NOTHING);
  const verdict = await send(toRotate);
  const deleted = verdict.kind === "refused" &&
      verdict.refusals.every(({ kind }) => isBeingDeleted(kind))
    ? new Map(verdict.refusals.map(({ kind, ref }) => [refKey(ref), kind]))
    : undefined;
  if (deleted === undefined) return result(verdict);
  // The value disappears with a secret that is being deleted, so it need not block the others.
  const staying = toRotate.filter(({ secret }) => !deleted.has(refKey(secret)));
  const left = toRotate.filter((each) => !staying.includes(each))
    .map((each) => leftDeleted(each, deleted.get(refKey(each.secret)) === "namespace_terminating"));
  return result(staying.length === 0 ? NOTHING : await send(staying), left);
}

/** Hides the values in the changes of a dry run. */
function hiding(planned: readonly PlannedSecret[], verdict: WriteVerdict): WriteVerdict {
  if (verdict.kind !== "written") return verdict;
  const hidden = new Map(planned.map(({ secret, hidden }) => [refKey(secret), hidden]));
  const secrets = verdict.secrets.map((each) => {
    const { changes } = each;
    if (changes === undefined) return each;
    const values = hidden.get(refKey(each))?.reveal() ?? [];
    return { ...each, changes: withoutValues(changes, values) };
  });
  return { ...verdict, secrets };
}

const NOTHING: WriteVerdict = {
  kind: "written",
  secrets: [],
  namespaces: [],
  attached: [],
  hints: [],
};

const isBeingDeleted = (kind: string) =>
  kind === "namespace_terminating" || kind === "being_deleted";

function leftDeleted({ secret, places }: PlannedSecret, isNamespace: boolean): LeftEntry {
  const keys = places.map(({ place }) => place);
  return {
    ...refOf(secret),
    keys,
    ...beingDeleted(secret, isNamespace ? " with its namespace" : ""),
  };
}

/** The planned secret as the write expects it; only its data changes. */
function desired({ secret, rewritten }: PlannedSecret, expires: string | undefined): DesiredSecret {
  const { uid, resourceVersion } = secret;
  return {
    ...refOf(secret),
    type: secret.type,
    labels: {},
    annotations: {},
    data: rewritten.data,
    merge: () => rewritten.data,
    recognises: () => true,
    expects: { uid, resourceVersion },
    ...expires !== undefined && { expires },
  };
}
