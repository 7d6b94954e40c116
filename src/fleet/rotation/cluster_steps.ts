import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { InventorySettings } from "../../credentials/inventory.ts";
import { aroundOf } from "../../credentials/checks/around.ts";
import { triedIn } from "../../credentials/checks/tried_in.ts";
import type { TriedValue } from "../../credentials/checks/tried_value.ts";
import { outcomeOfWrite, placesOf } from "../../credentials/outcome.ts";
import { carryOutRotation, type RotationVerdict } from "../../credentials/rotation/carry_out.ts";
import { findPlaces, type FoundPlace, rotationInventory } from "../../credentials/rotation/find.ts";
import { planRotation, type RotationPlan } from "../../credentials/rotation/plan.ts";
import type { Sought } from "../../credentials/rotation/sought.ts";
import type { Writer, WriteServices } from "../../credentials/writer.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import { refKey, type SecretRef, type SecretStore } from "../../kube/store.ts";
import type { Sealed } from "../../log/sealed.ts";
import type { Chosen, ClusterStep } from "../each.ts";
import type { RotationRequest } from "./request.ts";
import type { NotSeen } from "./shapes.ts";

/** What a step that reads needs of a cluster. */
export interface ReadContext {
  readonly store: SecretStore;
  readonly settings: InventorySettings & { readonly seconds: number };
  readonly fingerprint: MakeFingerprint;
}

/** And one that writes. */
export interface WriteContext extends ReadContext, WriteServices {
  readonly writer: Writer;
}

/** What is to be done on one cluster, and where the new value will be used there. */
export interface ClusterPlan {
  readonly plan: RotationPlan;
  /** Fingerprints of the values that it finds. */
  readonly replaces: readonly string[];
  readonly tries: readonly TriedValue[];
  /** What of the cluster was not seen. */
  readonly notSeen: readonly NotSeen[];
}

/** Finds what is to be replaced, and plans it. */
export const planStep = (request: RotationRequest): ClusterStep<ReadContext, ClusterPlan> => ({
  async act({ store, settings, fingerprint }, { name }) {
    const { everywhere, set } = request;
    const deadline = deadlineIn(settings.seconds);
    const all = await rotationInventory(store, settings, { everywhere }, deadline);
    const plan = await planRotation(all, request, fingerprint);
    const rewritten = new Map(plan.toRotate.map(({ rewritten }) => [refKey(rewritten), rewritten]));
    const around = aroundOf(all.argocd.map((each) => rewritten.get(refKey(each)) ?? each));
    const value = set.value.reveal();
    const tries = plan.toRotate.flatMap(({ rewritten, places }) => {
      const tried = triedIn(rewritten, around).filter(({ value: each }) => each.reveal() === value);
      return tried.length > 0 ? tried : [unknownUse(rewritten, places, set.value)];
    });
    const replaces = await fingerprintsOf(plan.oldValues, fingerprint);
    return { plan, replaces, tries, notSeen: partsNotSeen(name, all) };
  },
});

/** Of a secret in which the new value stands only where no reader of it is known. */
function unknownUse(
  { namespace, name }: SecretRef,
  [place]: readonly FoundPlace[],
  value: Sealed<string>,
): TriedValue {
  const { key = "" } = place ?? {};
  return {
    ...{ place: place?.place ?? key, key, value },
    at: `secret ${namespace}/${name} (${place?.place ?? key})`,
    notTried: "nobody is known who uses what stands there",
  };
}

/** What was seen of one cluster at the end. */
export interface Looked {
  readonly places: readonly FoundPlace[];
  readonly notSeen: readonly NotSeen[];
  /** Whether pull secrets of all namespaces were looked at. */
  readonly hasAllPullSecrets: boolean;
  /** Whether Argo CD's secrets were, where it has one. */
  readonly hasArgocd: boolean;
}

/**
 * Looks for values, whatever the labels of the secrets are.
 * @param soughtsIn what is looked for in a cluster
 */
export const lookStep = (
  soughtsIn: (cluster: Chosen) => readonly Sought[],
  set: RotationRequest["set"],
): ClusterStep<ReadContext, Looked> => ({
  async act({ store, settings, fingerprint }, cluster) {
    const { seconds } = settings;
    const deps = { store, settings, seconds, fingerprint };
    const found = await findPlaces(soughtsIn(cluster), deps, { everywhere: true, set });
    const { places, isWhole, refused } = found;
    return {
      places,
      notSeen: partsNotSeen(cluster.name, found),
      hasAllPullSecrets: isWhole && !refused.includes("docker"),
      hasArgocd: !refused.includes("argocd"),
    };
  },
});

/** A cluster of which not all namespaces, or not Argo CD's, were seen. */
function partsNotSeen(
  cluster: string,
  { isWhole, refused, warnings }: {
    readonly isWhole: boolean;
    readonly refused: readonly unknown[];
    readonly warnings: readonly string[];
  },
): NotSeen[] {
  if (isWhole && refused.length === 0) return [];
  const message = warnings.join(". ") || "Not all namespaces could be looked into";
  return [{ cluster, status: "namespaces_not_listed", message }];
}

/**
 * Writes what was planned, all of a cluster or nothing, in the versions that were read; of a dry run the
 * cluster is asked what would come of it.
 * @param plans by cluster
 */
export const writeStep = (
  request: RotationRequest,
  plans: ReadonlyMap<string, ClusterPlan>,
): ClusterStep<WriteContext, RotationVerdict> => ({
  attempt({ name: cluster }) {
    const { rotation, set, force, dryRun } = request;
    const { plan, replaces } = plans.get(cluster)!;
    return {
      of: (writer) => ({
        ...writer,
        ...{ cluster, kind: "rotate", rotation, replaces, upsert: true, force, dryRun },
        ...placesOf(plan.toRotate.map(({ secret }) => secret)),
      }),
      credentials: set.value,
    };
  },
  async act(context, { name }) {
    const { force, expires, dryRun } = request;
    const { writer: { writeId }, settings: { seconds } } = context;
    await context.begin();
    const asked = { force, writeId, dryRun, ...expires === undefined ? {} : { expires } };
    return await carryOutRotation(plans.get(name)!.plan, asked, { ...context, seconds });
  },
  outcomeOf: ({ verdict, status, left }) =>
    verdict.kind !== "written"
      ? outcomeOfWrite(verdict, [])
      : verdict.secrets.length === 0
      ? { outcome: status, refusals: [...new Set(left.map(({ reason }) => reason))] }
      : outcomeOfWrite(verdict, verdict.secrets.map(({ name }) => name)),
});

/** Of values, each once; of one that cannot be fingerprinted none. */
async function fingerprintsOf(
  values: readonly Sealed<string>[],
  fingerprint: MakeFingerprint,
): Promise<string[]> {
  const made = await Promise.all(values.map(fingerprint));
  return [...new Set(made.filter((each) => each !== undefined))];
}
