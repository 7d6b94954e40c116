import type { RotationVerdict } from "../../credentials/rotation/carry_out.ts";
import type { RotationPlan } from "../../credentials/rotation/plan.ts";
import type { Each, SelectedCluster, StepResult } from "../each.ts";
import { type ClusterPlan, planStep, type WriteContext, writeStep } from "./cluster_steps.ts";
import type { RotationRequest } from "./request.ts";

/** The results of planning, each list sorted by name. */
export interface Plans {
  readonly done: readonly (readonly [SelectedCluster, ClusterPlan])[];
  readonly failed: readonly StepNotDone[];
}

/** A step that failed on a cluster or was not started. */
export type StepNotDone = Extract<StepResult<unknown>, { kind: "failed" | "not_begun" }>;

/** The result of one cluster. */
export type ClusterResult =
  & { readonly cluster: SelectedCluster; readonly dryRun: boolean }
  & (
    /** The cluster could not be read, was not started, or the write threw an error. */
    | {
      readonly kind: "nothing";
      readonly ended: StepNotDone;
      readonly plan?: RotationPlan;
    }
    /** There is nothing to write. */
    | { readonly kind: "settled"; readonly plan: RotationPlan }
    | { readonly kind: "written"; readonly plan: RotationPlan; readonly result: RotationVerdict }
  );

interface On {
  readonly chosen: readonly SelectedCluster[];
  readonly each: Each<WriteContext>;
}

/** Plans the rotation on each selected cluster. Nothing is written. */
export async function planRotations(
  request: RotationRequest,
  { each, chosen }: On,
): Promise<Plans> {
  const ended = await Array.fromAsync(each(chosen, planStep(request)));
  ended.sort((a, b) => a.cluster.name < b.cluster.name ? -1 : 1);
  return {
    done: ended.flatMap((each) => each.kind === "done" ? [[each.cluster, each.outcome]] : []),
    failed: ended.filter((each) => each.kind !== "done"),
  };
}

/** Writes the plans, and yields the result of each cluster when it is available; clusters without a write come first. */
export async function* results(
  request: RotationRequest,
  { each }: Pick<On, "each">,
  { done, failed }: Plans,
): AsyncGenerator<ClusterResult, void, void> {
  const { dryRun, maxFailures } = request;
  const isWritten = ({ plan }: ClusterPlan) => plan.toRotate.length > 0;
  for (const ended of failed) yield { cluster: ended.cluster, dryRun, kind: "nothing", ended };
  for (const [cluster, each] of done) {
    if (!isWritten(each)) yield { cluster, dryRun, kind: "settled", plan: each.plan };
  }
  const written = done.filter(([, each]) => isWritten(each));
  const plans = new Map(written.map(([{ name }, plan]) => [name, plan]));
  const writing = each(written.map(([cluster]) => cluster), writeStep(request, plans), {
    // A dry run covers all clusters.
    isFirst: ({ isFirst }) => isFirst && !dryRun,
    // A first cluster without a write proves nothing for the others.
    isFailure: ({ status }, { isFirst }) =>
      status === "failed" || isFirst && status === "not_found",
    maxFailures: dryRun ? undefined : maxFailures - failuresOf(failed).length,
  });
  for await (const ended of writing) {
    const { cluster } = ended;
    const { plan } = plans.get(cluster.name)!;
    yield ended.kind === "done"
      ? { cluster, dryRun, kind: "written", plan, result: ended.outcome }
      : { cluster, dryRun, kind: "nothing", ended, plan };
  }
}

/** The ones that count as failures: a cluster whose labels changed is no longer selected. */
export function failuresOf(failed: readonly StepNotDone[]): readonly StepNotDone[] {
  return failed.filter((each) => each.kind === "failed" || each.why !== "labels_changed");
}
