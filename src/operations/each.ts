import type {
  Chosen,
  ClusterStep,
  EachOptions,
  StepEnded,
  WhyLeft,
  WhyNothing,
} from "../fleet/each.ts";
import { overClusters } from "../fleet/over_clusters.ts";
import { KubeError } from "../kube/errors.ts";
import { observe } from "../observe/observe.ts";
import { callerOf, type Gates } from "./admission.ts";
import { carriedOutOn, type Once, type OnCluster } from "./carry_out.ts";
import { clusterError, statusWord } from "./cluster_errors.ts";
import { errorReply, OperationError } from "./errors.ts";
import type { ClusterEntry } from "./fleet_answers.ts";
import type { AskedSelection, Caller, ClusterContext, Operation, Services } from "./operation.ts";
import type { Json } from "./reply.ts";

/** What is around the steps of one call about several clusters. */
export interface Around {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly selection: AskedSelection;
  readonly services: Services;
  readonly gates: Gates;
  /** What the ids of its writes begin with. */
  readonly id: string;
  /** Whether nobody waits for the answer any more: what is not begun then is not begun. */
  readonly isGone: () => boolean;
}

/** What is carried out. */
export interface OnEach<Made, Result> {
  of(cluster: Chosen): OnCluster<Made>;
  /** When that is on record; may throw why it came to nothing. */
  resultOf(made: Made): Result;
}

/**
 * Carries something out on each of several clusters by itself: each has its own deadline, which begins
 * when it has its turn, its own write id, its own lines in the audit log and its own outcome.
 */
export async function* overEach<Made, Result>(
  { caller, gates, isGone, ...around }: Around,
  clusters: readonly Chosen[],
  { of, resultOf }: OnEach<Made, Result>,
  { anyLabels = false, maxFailures, ...options }: EachOptions<Result>,
): AsyncGenerator<StepEnded<Result>, void, void> {
  const { operation, selection, services, id } = around;
  const together = { id, once: onceForAll() };
  // Not by the request's id, which the client may choose.
  const whose = { caller: callerOf(caller, gates), call: Symbol() };
  const { fleet, limits } = gates;
  const one = async (cluster: Chosen) => {
    const what = of(cluster);
    const still = anyLabels ? what : stillMeant(what, selection);
    return resultOf(await carriedOutOn(operation, caller, still, services, together));
  };
  const all = overClusters(clusters, one, {
    ...options,
    maxFailures,
    isNotMeant: (error) => leftOf(error) !== undefined,
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
        yield { cluster, kind: "not_begun", why, ...nothing(notBegun(cluster, why, maxFailures)) };
        break;
      }
      case "failed": {
        const why = nothing(ended.error, caller.requestId);
        const left = leftOf(why.error);
        yield left === undefined
          ? { cluster, kind: "failed", ...why }
          : { cluster, kind: "not_begun", why: left, ...why };
      }
    }
  }
}

/** A step for those who know clusters and not operations. */
export function onEachStep<Result>(
  { attempt, act, outcomeOf = () => ({ outcome: "done" }) }: ClusterStep<ClusterContext, Result>,
): OnEach<Result, Result> {
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

/** Its labels may change while it waits for its turn: it is left alone when they do not select it any more. */
function stillMeant<Result>(
  what: OnCluster<Result>,
  { selector, maxFailures }: AskedSelection,
): OnCluster<Result> {
  return {
    ...what,
    refuse(place) {
      const { labels } = place;
      if (selector !== undefined && labels !== undefined && !selector(labels)) {
        throw notBegun({ name: what.cluster }, "labels_changed", maxFailures);
      }
      what.refuse?.(place);
    },
  };
}

function notBegun(
  { name: cluster }: Pick<Chosen, "name">,
  why: WhyLeft,
  maxFailures: number | undefined,
): OperationError<"not_begun"> {
  return new OperationError("not_begun", { cluster, why, maxFailures }, { cluster });
}

/** Why a cluster was left alone that had its turn. */
function leftOf(error: unknown): WhyLeft | undefined {
  if (!(error instanceof OperationError) || error.code !== "not_begun") return undefined;
  return (error as OperationError<"not_begun">).details.why;
}

/** What there is to say of what came to nothing; a bug is logged, and nothing of it is said. */
function nothing(error: unknown, id?: string): WhyNothing {
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
  return nothing(new OperationError("internal", {}, { body: { request_id: id } }));
}

/** What an answer about several clusters tells of one; what came to nothing as that one alone has it. */
export function entryOf<Result>(
  ended: StepEnded<Result>,
  answer: (result: Result) => Json,
  { operation, caller: { face } }: Pick<Around, "operation" | "caller">,
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

/** What the first cluster asks for is done, and what came of it is what all of them get. */
function onceForAll(): Once {
  let done: Promise<unknown> | undefined;
  return <Result>(act: () => Promise<Result>) => (done ??= act()) as Promise<Result>;
}
