import { type Ended, overClusters } from "../fleet/over_clusters.ts";
import { observe } from "../observe/observe.ts";
import { type About, callerOf, checkTries, enter, type Gates } from "./admission.ts";
import { carriedOut, type Once } from "./carry_out.ts";
import { chooseClusters, type Chosen } from "./choose_clusters.ts";
import type { NotBegun } from "./cluster_kinds.ts";
import { errorReply, OperationError } from "./errors.ts";
import type { ClusterEntry, FleetEvent } from "./fleet_answers.ts";
import type { Caller, Operation, Services, TakenOfCluster, TakenOfMany } from "./operation.ts";
import { type Json, type Reply, whenOver } from "./reply.ts";
import { type EntryOutcome, fleetAnswer, outcomeOf, summaryOf } from "./respond/fleet.ts";

/**
 * Carries a call out on each cluster of its selection by itself: each has its own deadline, which
 * begins when it has its turn, its own write id, its own lines in the audit log and its own outcome.
 * What is tried is tried once for all of them, and counts once.
 * @param note told how many clusters it is about, for the log
 * @throws {OperationError} of what is wrong before any cluster is begun
 */
export async function callMany(
  operation: Operation,
  caller: Caller,
  taken: TakenOfMany,
  services: Services,
  gates: Gates,
  note: (about: About) => void,
): Promise<Reply> {
  const { selection, whole = fleetAnswer } = taken;
  const meant = await chooseClusters(selection, caller.identity, services.clusters);
  note({ clusters: meant.names.length });
  const { attempt } = taken.of(meant.names[0]!);
  await checkTries(caller, { attempt }, services, gates);
  const leave = await enter(operation, caller, { attempt, isFleet: true }, services, gates);
  try {
    const chosen = await meant.choose();
    note({ clusters: chosen.length });
    const once = onceForAll();
    const one = async ({ name }: Chosen) => {
      const still = stillMeant(taken.of(name), selection);
      const done = await carriedOut(operation, caller, still, services, once);
      return done.reply() as Json;
    };
    const entries = (gone: AbortSignal | undefined) =>
      entriesOf(chosen, one, { operation, caller, selection, gates, gone });
    const reply: Reply = caller.wantsEvents
      ? { kind: "stream", events: ({ gone }) => eventsOf(chosen, entries(gone)) }
      : whole((await Array.fromAsync(entries(caller.gone?.()))).sort(byName));
    return whenOver(reply, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

/** Its labels may change while it waits for its turn: it is left alone when they do not select it any more. */
function stillMeant(
  taken: TakenOfCluster,
  { selector, maxFailures }: TakenOfMany["selection"],
): TakenOfCluster {
  const { cluster } = taken;
  return {
    ...taken,
    refuse(place) {
      const { labels } = place;
      if (selector !== undefined && labels !== undefined && !selector(labels)) {
        throw notBegun(cluster, "labels_changed", maxFailures);
      }
      taken.refuse?.(place);
    },
  };
}

function notBegun(
  cluster: string,
  why: NotBegun["why"],
  maxFailures: number | undefined,
): OperationError<"not_begun"> {
  return new OperationError("not_begun", { cluster, why, maxFailures }, { cluster });
}

interface Around {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly selection: TakenOfMany["selection"];
  readonly gates: Gates;
  /** Aborted when nobody waits for the answer any more: what is not begun then is not begun. */
  readonly gone: AbortSignal | undefined;
}

/** What came of each cluster, as it ends. */
async function* entriesOf(
  chosen: readonly Chosen[],
  one: (cluster: Chosen) => Promise<Json>,
  { operation, caller, selection, gates, gone }: Around,
): AsyncGenerator<ClusterEntry, void, void> {
  const { maxFailures } = selection;
  // Not by the request's id, which the client may choose.
  const whose = { caller: callerOf(caller, gates), call: Symbol() };
  const { fleet, limits } = gates;
  const answered = overClusters(chosen, one, {
    atOnce: ({ runsPrograms, server }, act) =>
      fleet.during({ ...whose, server, takes: runsPrograms ? "processes" : "connections" }, act),
    isStopped: () => limits.isClosed || gone?.aborted === true,
    isFirst: ({ isFirst }) => isFirst,
    isFailure: ({ status }) => status >= 400,
    maxFailures,
  });
  for await (const ended of answered) {
    const { name, transport, sameServerAs } = ended.cluster;
    const { status, body } = answerOf(ended, operation, caller, maxFailures);
    yield {
      cluster: name,
      status_code: status,
      answer: body,
      ...transport === undefined ? {} : { transport },
      ...sameServerAs.length === 0 ? {} : { same_server_as: [...sameServerAs] },
    };
  }
}

/** The answer that the same request about this cluster alone has. */
function answerOf(
  ended: Ended<Chosen, Json>,
  { method }: Operation,
  { face, requestId }: Caller,
  maxFailures: number | undefined,
): Json {
  switch (ended.kind) {
    case "done":
      return ended.outcome;
    case "not_begun": {
      const error = notBegun(ended.cluster.name, ended.why, maxFailures);
      return errorReply(error, face, method.toUpperCase());
    }
    case "failed":
      return errorReply(operationError(ended.error, requestId), face, method.toUpperCase());
  }
}

function operationError(error: unknown, id: string): OperationError {
  if (error instanceof OperationError) return error;
  observe("server.internal_error", { id, error: error as Error });
  return new OperationError("internal", {}, { body: { request_id: id } });
}

/** The same as a stream that says how many there are and, at its end, what came of all. */
async function* eventsOf(
  chosen: readonly Chosen[],
  entries: AsyncIterable<ClusterEntry>,
): AsyncGenerator<FleetEvent, void, void> {
  const names = chosen.map(({ name }) => name);
  yield { event: "started", clusters: names.length, names };
  const all: EntryOutcome[] = [];
  for await (const entry of entries) {
    yield { event: "cluster", ...entry };
    all.push(outcomeOf(entry));
  }
  yield { event: "done", ...summaryOf(all.sort(byName)).body };
}

const byName = (a: EntryOutcome, b: EntryOutcome) => a.cluster < b.cluster ? -1 : 1;

/** What the first cluster asks for is done, and what came of it is what all of them get. */
function onceForAll(): Once {
  let done: Promise<unknown> | undefined;
  return <Result>(act: () => Promise<Result>) => (done ??= act()) as Promise<Result>;
}
