import type {
  ClusterStep,
  EachOptions,
  SelectedCluster,
  StepResult,
  WhyNotDone,
  WhySkipped,
} from "../fleet/each.ts";
import { overClusters } from "../fleet/over_clusters.ts";
import { KubeError } from "../kube/errors.ts";
import { observe } from "../observe/observe.ts";
import { callerOf, type Gates } from "./admission.ts";
import { type ClusterRun, type Once, runOnCluster } from "./carry_out.ts";
import { clusterError, statusWord } from "./cluster_errors.ts";
import { errorReply, OperationError } from "./errors.ts";
import type { ClusterEntry } from "./fleet_answers.ts";
import type { AskedSelection, Caller, ClusterContext, Operation, Services } from "./operation.ts";
import type { Json } from "./reply.ts";

/** The call that the steps on several clusters belong to. */
export interface FleetRun {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly selection: AskedSelection;
  readonly services: Services;
  readonly gates: Gates;
  /** The prefix of the ids of its writes. */
  readonly id: string;
  /** Whether the client has gone away; no further cluster is started then. */
  readonly isGone: () => boolean;
}

/** An action, and how its result is read. */
export interface ClusterAction<Made, Result> {
  of(cluster: SelectedCluster): ClusterRun<Made>;
  /** Called after the outcome is recorded; may throw the error of the action. */
  resultOf(made: Made): Result;
}

/**
 * Runs an action on several clusters separately: each has its own deadline, which starts with its turn, its
 * own write id, its own entries in the audit log and its own outcome.
 */
export async function* runOnClusters<Made, Result>(
  { caller, gates, isGone, ...run }: FleetRun,
  clusters: readonly SelectedCluster[],
  { of, resultOf }: ClusterAction<Made, Result>,
  { anyLabels = false, maxFailures, ...options }: EachOptions<Result>,
): AsyncGenerator<StepResult<Result>, void, void> {
  const { operation, selection, services, id } = run;
  const shared = { id, once: onceForAll() };
  // A symbol, since the client may choose the id of the request.
  const whose = { caller: callerOf(caller, gates), call: Symbol() };
  const { fleet, limits } = gates;
  const one = async (cluster: SelectedCluster) => {
    const what = of(cluster);
    const checked = anyLabels ? what : ifStillSelected(what, selection);
    return resultOf(await runOnCluster(operation, caller, checked, services, shared));
  };
  const all = overClusters(clusters, one, {
    ...options,
    maxFailures,
    isNotMeant: (error) => skipReason(error) !== undefined,
    atOnce: ({ runsPrograms, server }, act) =>
      fleet.during({ ...whose, server, takes: runsPrograms ? "processes" : "connections" }, act),
    isStopped: () => limits.isClosed || isGone(),
  });
  for await (const ended of all) {
    const { cluster } = ended;
    switch (ended.kind) {
      case "done":
        yield ended;
        break;
      case "not_begun": {
        const { why } = ended;
        yield {
          cluster,
          kind: "not_begun",
          why,
          ...failureOf(skippedError(cluster, why, maxFailures)),
        };
        break;
      }
      case "failed": {
        const why = failureOf(ended.error, caller.requestId);
        const skipped = skipReason(why.error);
        yield skipped === undefined
          ? { cluster, kind: "failed", ...why }
          : { cluster, kind: "not_begun", why: skipped, ...why };
      }
    }
  }
}

/** Adapts a step of `fleet`, which does not know operations. */
export function actionOfStep<Result>(
  { attempt, act, outcomeOf = () => ({ outcome: "done" }) }: ClusterStep<ClusterContext, Result>,
): ClusterAction<Result, Result> {
  return {
    of: (cluster) => ({
      cluster: cluster.name,
      attempt: attempt?.(cluster),
      run: (context) => act(context, cluster),
      outcomeOf,
    }),
    resultOf: (result) => result,
  };
}

/** Skips a cluster whose labels have changed while it waited, so that they no longer match the selector. */
function ifStillSelected<Result>(
  what: ClusterRun<Result>,
  { selector, maxFailures }: AskedSelection,
): ClusterRun<Result> {
  return {
    ...what,
    refuse(place) {
      const { labels } = place;
      if (selector !== undefined && labels !== undefined && !selector(labels)) {
        throw skippedError({ name: what.cluster }, "labels_changed", maxFailures);
      }
      what.refuse?.(place);
    },
  };
}

function skippedError(
  { name: cluster }: Pick<SelectedCluster, "name">,
  why: WhySkipped,
  maxFailures: number | undefined,
): OperationError<"not_begun"> {
  return new OperationError("not_begun", { cluster, why, maxFailures }, { cluster });
}

/** Why a cluster was skipped after its turn had come. */
function skipReason(error: unknown): WhySkipped | undefined {
  if (!(error instanceof OperationError) || error.code !== "not_begun") return undefined;
  return (error as OperationError<"not_begun">).details.why;
}

/** The error of a failed step; a bug is logged, and its message is not shown. */
function failureOf(error: unknown, id?: string): WhyNotDone {
  if (error instanceof KubeError) {
    const status = statusWord(error);
    const { message } = error;
    return {
      status,
      message,
      error: clusterError(error, { why: message }, { body: { status } }),
    };
  }
  if (error instanceof OperationError) {
    const { status = error.code } = (error.more.body ?? {}) as { readonly status?: string };
    return { status, message: error.message, error };
  }
  observe("server.internal_error", { id, error: error as Error });
  return failureOf(new OperationError("internal", {}, { body: { request_id: id } }));
}

/** The entry of one cluster in a response about several; an error is that of the same request for it alone. */
export function entryOf<Result>(
  ended: StepResult<Result>,
  answer: (result: Result) => Json,
  { operation, caller: { face } }: Pick<FleetRun, "operation" | "caller">,
): ClusterEntry {
  const { name, transport, sameServerAs } = ended.cluster;
  const { status, body } = ended.kind === "done"
    ? answer(ended.outcome)
    : errorReply(ended.error as OperationError, face, operation.method.toUpperCase());
  return {
    cluster: name,
    status_code: status,
    answer: body,
    ...transport === undefined ? {} : { transport },
    ...sameServerAs.length === 0 ? {} : { same_server_as: [...sameServerAs] },
  };
}

/** Runs the action of the first cluster that needs it; all clusters get its result. */
function onceForAll(): Once {
  let done: Promise<unknown> | undefined;
  return <Result>(act: () => Promise<Result>) => (done ??= act()) as Promise<Result>;
}
