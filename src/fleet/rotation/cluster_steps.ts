import type { MakeFingerprint } from "../../credentials/fingerprints.ts";
import type { InventorySettings } from "../../credentials/inventory.ts";
import { repositoryResolver } from "../../credentials/checks/repository_resolver.ts";
import { valuesToCheck } from "../../credentials/checks/values_to_check.ts";
import type { ValueToCheck } from "../../credentials/checks/check_target.ts";
import { outcomeOfWrite, placesOf } from "../../credentials/outcome.ts";
import { carryOutRotation, type RotationVerdict } from "../../credentials/rotation/carry_out.ts";
import { findPlaces, type FoundPlace, rotationInventory } from "../../credentials/rotation/find.ts";
import { masking } from "../../credentials/rotation/hide.ts";
import { planRotation, type RotationPlan } from "../../credentials/rotation/plan.ts";
import { isIdentity, type Sought } from "../../credentials/rotation/sought.ts";
import type { Writer, WriteServices } from "../../credentials/writer.ts";
import { deadlineIn } from "../../kube/deadline.ts";
import { refKey, type SecretRef, type SecretStore } from "../../kube/store.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import type { ClusterStep, SelectedCluster } from "../each.ts";
import type { RotationRequest } from "./request.ts";
import type { ClusterNotSeen } from "./shapes.ts";

/** What a reading step needs of a cluster. */
export interface ReadContext {
  readonly store: SecretStore;
  readonly settings: InventorySettings & { readonly seconds: number };
  readonly fingerprint: MakeFingerprint;
}

/** What a writing step needs of a cluster. */
export interface WriteContext extends ReadContext, WriteServices {
  readonly writer: Writer;
}

/** The plan for one cluster, and the places where the new value will be used. */
export interface ClusterPlan {
  readonly plan: RotationPlan;
  /** Fingerprints of the values found. */
  readonly replaces: readonly string[];
  readonly tries: readonly ValueToCheck[];
  /** The parts of the cluster that could not be searched. */
  readonly notSeen: readonly ClusterNotSeen[];
}

/** Finds the old value and plans the rotation. */
export const planStep = (request: RotationRequest): ClusterStep<ReadContext, ClusterPlan> => ({
  async act({ store, settings, fingerprint }, { name }) {
    const { everywhere, set } = request;
    const deadline = deadlineIn(settings.seconds);
    const all = await rotationInventory(store, settings, { everywhere }, deadline);
    const plan = await planRotation(all, request, fingerprint);
    const rewritten = new Map(plan.toRotate.map(({ rewritten }) => [refKey(rewritten), rewritten]));
    const resolver = repositoryResolver(
      all.argocd.map((each) => rewritten.get(refKey(each)) ?? each),
    );
    const value = set.value.reveal();
    // The path of a URL or registry may contain the value.
    const masked = masking(() => [...plan.oldValues, set.value, set.text]);
    const tries = plan.toRotate.flatMap(({ rewritten, places }) => {
      const checks = valuesToCheck(rewritten, resolver)
        .filter(({ value: each }) => each.reveal() === value)
        .map((each) => ({ ...each, at: masked(each.at) }));
      return checks.length > 0 ? checks : [unknownUse(rewritten, places, set.value)];
    });
    // Later rotations with the same search know these values by their fingerprints alone.
    const trimmed = isIdentity(request.sought)
      ? plan.oldValues.map((value) => value.reveal().trim()).filter((value) => value !== "")
      : [];
    const replaces = await fingerprintsOf([...plan.oldValues, ...trimmed.map(seal)], fingerprint);
    return { plan, replaces, tries, notSeen: partsNotSeen(name, all) };
  },
});

/** For a secret in which no known program reads the new value. */
function unknownUse(
  { namespace, name }: SecretRef,
  [place]: readonly FoundPlace[],
  value: Sealed<string>,
): ValueToCheck {
  const { key = "" } = place ?? {};
  return {
    ...{ place: place?.place ?? key, key, value },
    at: `secret ${namespace}/${name} (${place?.place ?? key})`,
    notTried: "No known program uses this value",
  };
}

/** The result of searching one cluster. */
export interface SearchResult {
  readonly places: readonly FoundPlace[];
  readonly notSeen: readonly ClusterNotSeen[];
  /** Whether the pull secrets of all namespaces were searched. */
  readonly hasAllPullSecrets: boolean;
  /** Whether Argo CD's secrets were searched, if the cluster has an Argo CD. */
  readonly hasArgocd: boolean;
}

/**
 * Searches for values in secrets with any labels.
 * @param soughtsIn returns the searches for a cluster
 */
export const lookStep = (
  soughtsIn: (cluster: SelectedCluster) => readonly Sought[],
  set: RotationRequest["set"],
): ClusterStep<ReadContext, SearchResult> => ({
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

/** The cluster, if not all namespaces or not Argo CD's namespace could be searched. */
function partsNotSeen(
  cluster: string,
  { isWhole, refused, warnings }: {
    readonly isWhole: boolean;
    readonly refused: readonly unknown[];
    readonly warnings: readonly string[];
  },
): ClusterNotSeen[] {
  if (isWhole && refused.length === 0) return [];
  const message = warnings.join(". ") || "Some namespaces could not be searched";
  return [{ cluster, status: "namespaces_not_listed", message }];
}

/**
 * Writes the plan of each cluster all-or-nothing, and only to the secret versions that were read; in a dry run, as a
 * server-side dry run.
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

/** The distinct fingerprints of values; values without a fingerprint are omitted. */
async function fingerprintsOf(
  values: readonly Sealed<string>[],
  fingerprint: MakeFingerprint,
): Promise<string[]> {
  const made = await Promise.all(values.map(fingerprint));
  return [...new Set(made.filter((each) => each !== undefined))];
}
