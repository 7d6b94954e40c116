import type { RotationVerdict } from "../../credentials/rotation/carry_out.ts";
import type { RotationPlan } from "../../credentials/rotation/plan.ts";
import type { Chosen, Each, StepEnded } from "../each.ts";
import { type ClusterPlan, planStep, type WriteContext, writeStep } from "./cluster_steps.ts";
import type { RotationRequest } from "./request.ts";

/** What came of planning, both sorted by name. */
export interface Plans {
  readonly done: readonly (readonly [Chosen, ClusterPlan])[];
  readonly failed: readonly Nothing[];
}

/** Of a step that came to nothing on a cluster, or was not begun there. */
export type Nothing = Extract<StepEnded<unknown>, { kind: "failed" | "not_begun" }>;

/** What came of one cluster. */
export type ClusterResult =
  & { readonly cluster: Chosen; readonly dryRun: boolean }
  & (
    /** It could not be read, was not begun, or its write was thrown. */
    | {
      readonly kind: "nothing";
      readonly ended: Nothing;
      readonly plan?: RotationPlan;
    }
    /** Nothing is to be written. */
    | { readonly kind: "settled"; readonly plan: RotationPlan }
    | { readonly kind: "written"; readonly plan: RotationPlan; readonly result: RotationVerdict }
  );

interface On {
  readonly chosen: readonly Chosen[];
  readonly each: Each<WriteContext>;
}

/** Plans on each cluster of the selection; nothing is written. */
export async function planAll(
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

/** Writes; what came of each cluster, as it ends; where nothing is to be written, at once. */
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
    isFirst: ({ isFirst }) => isFirst,
    // Where nothing was written in the end, nothing is proven for the others.
    isFailure: ({ status }, { isFirst }) =>
      status === "failed" || isFirst && status === "not_found",
    // What is not written is asked of all of them.
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

/** Those that count as failures: a cluster whose labels have changed is not meant any more. */
export function failuresOf(failed: readonly Nothing[]): readonly Nothing[] {
  return failed.filter((each) => each.kind === "failed" || each.why !== "labels_changed");
}
