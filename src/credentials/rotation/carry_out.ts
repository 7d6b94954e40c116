import { refKey, refOf } from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/kind.ts";
import { write, type WriteDeps, type WriteVerdict } from "../write.ts";
import { withoutValues } from "./hide.ts";
import { beingDeleted, type Left } from "./left.ts";
import type { PlannedSecret, RotationPlan, RotationRequest } from "./plan.ts";

export interface CarryOutRotation extends Pick<RotationRequest, "force" | "expires"> {
  /** Unlike any other write's: by it a write recognises its own secrets. */
  readonly writeId: string;
  /** Whether the cluster is only asked what would come of it. @default false */
  readonly dryRun?: boolean;
}

export interface RotationVerdict {
  /** As of any write: all secrets are rotated, or none is. */
  readonly verdict: WriteVerdict;
  /** `unchanged` and `not_found`: nothing was written, since all that was to be written is going. */
  readonly status: "rotated" | "unchanged" | "not_found" | "failed";
  /** Secrets that turned out to be going, with their namespace, and were left. */
  readonly left: readonly Left[];
}

/**
 * Rewrites the secrets of a plan, all or none, each only in the version that the plan was made of. One that has
 * changed since, or is gone, has the whole plan refused, and is for the same request to plan anew.
 */
export async function carryOutRotation(
  { toRotate, unchanged }: Pick<RotationPlan, "toRotate" | "unchanged">,
  { force, expires, writeId, dryRun }: CarryOutRotation,
  deps: WriteDeps,
): Promise<RotationVerdict> {
  const send = async (planned: readonly PlannedSecret[]) => {
    const verdict = await write({
      secrets: planned.map((each) => desired(each, expires)),
      permissions: { upsert: true, force },
      writeId,
      dryRun,
    }, deps);
    return hiding(planned, verdict);
  };
  const ended = (verdict: WriteVerdict, left: readonly Left[] = []): RotationVerdict => ({
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
  if (toRotate.length === 0) return ended(NOTHING);
  const verdict = await send(toRotate);
  const going = verdict.kind === "refused" && verdict.refusals.every(({ kind }) => isGoing(kind))
    ? new Map(verdict.refusals.map(({ kind, ref }) => [refKey(ref), kind]))
    : undefined;
  if (going === undefined) return ended(verdict);
  // What is going takes its value with it, and holds up nothing that stays.
  const staying = toRotate.filter(({ secret }) => !going.has(refKey(secret)));
  const left = toRotate.filter((each) => !staying.includes(each))
    .map((each) => leftGoing(each, going.get(refKey(each.secret)) === "namespace_terminating"));
  return ended(staying.length === 0 ? NOTHING : await send(staying), left);
}

/** Without the values in what is told of a dry run. */
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

const isGoing = (kind: string) => kind === "namespace_terminating" || kind === "being_deleted";

function leftGoing({ secret, places }: PlannedSecret, isNamespace: boolean): Left {
  const keys = places.map(({ place }) => place);
  return {
    ...refOf(secret),
    keys,
    ...beingDeleted(secret, isNamespace ? " with its namespace" : ""),
  };
}

/** The planned secret as a write wants it: what it is stays, but for the data. */
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
