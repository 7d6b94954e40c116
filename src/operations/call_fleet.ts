import type { SelectedCluster } from "../fleet/each.ts";
import { recordedSteps, unrecorded } from "../credentials/recorded.ts";
import type { Begin } from "../credentials/recorded.ts";
import { type About, checkTries, enter, type Gates } from "./admission.ts";
import { contextOf, outcomeOfDone, recordedOrThrown } from "./carry_out.ts";
import { allClusters, chooseClusters } from "./choose_clusters.ts";
import { actionOfStep, entryOf, type FleetRun, runOnClusters } from "./each.ts";
import { errorBody, OperationError } from "./errors.ts";
import type { FleetEvent } from "./fleet_answers.ts";
import type {
  AskedSelection,
  Caller,
  Context,
  Done,
  FleetContext,
  FleetSteps,
  Limited,
  Operation,
  SelectionCall,
  Services,
} from "./operation.ts";
import { type Json, type Reply, type Stream, whenOver } from "./reply.ts";

/** A call about several clusters, before it is admitted. */
export interface FleetCall {
  readonly selection: AskedSelection;
  readonly id?: string | undefined;
  readonly byArgocd?: boolean | undefined;
  /** @param names of the selected clusters, at least one */
  limited(names: readonly string[]): Limited | undefined;
  /** See `SelectionCall`. */
  steps(run: FleetRun, chosen: readonly SelectedCluster[]): FleetSteps;
}

/**
 * Runs a call about several clusters: resolves the selection, checks the limits, runs the steps, and replies
 * with one response or a stream of events.
 * @param note receives the number of clusters, for the log
 * @throws {OperationError} if it fails before the first cluster is started
 */
export async function throughFleet(
  operation: Operation,
  caller: Caller,
  { selection, id = caller.requestId, byArgocd, limited, steps }: FleetCall,
  services: Services,
  gates: Gates,
  note: (about: About) => void,
): Promise<Reply> {
  const meant = await chooseClusters(selection, caller.identity, services.clusters);
  note({ clusters: meant.names.length });
  const attempt = limited(meant.names);
  await checkTries(caller, { attempt }, services, gates);
  const leave = await enter(operation, caller, { attempt, isFleet: true }, services, gates);
  try {
    const chosen = await meant.choose({ byArgocd });
    note({ clusters: chosen.length });
    const made = (gone: () => AbortSignal | undefined) => {
      const isGone = () => gone()?.aborted === true;
      return steps({ operation, caller, selection, services, gates, id, isGone }, chosen);
    };
    const reply = caller.wantsEvents
      ? await streamed(made, caller)
      : (await finished(made(() => caller.gone?.()))).reply();
    return whenOver(reply, leave);
  } catch (error) {
    leave();
    throw error;
  }
}

/** Runs the steps of the call, with one entry in the audit log for the call as a whole. */
export async function callFleet(
  operation: Operation,
  caller: Caller,
  { selection, id, byArgocd, attempt, steps }: SelectionCall,
  services: Services,
  gates: Gates,
  note: (about: About) => void,
): Promise<Reply> {
  return await throughFleet(
    operation,
    caller,
    {
      selection,
      id,
      byArgocd,
      limited: () => attempt,
      async *steps(run, chosen) {
        const { writer: made, ...context } = contextOf(caller, services, run.id);
        // A call with an id of its own uses that id for its writes.
        const writer = id === undefined ? made : { ...made, writeId: id };
        const act = (begin: Begin) =>
          withOutcomes(steps(fleetContext({ ...context, writer, begin }, run, chosen)));
        if (attempt === undefined) return yield* act(unrecorded);
        const done = yield* recordedSteps(attempt.of(writer, chosen.map(({ name }) => name)), {
          record: services.auditLog,
          credentials: attempt.credentials,
          outcomeOf: outcomeOfDone,
        }, act);
        return recordedOrThrown(done);
      },
    },
    services,
    gates,
    note,
  );
}

/** What only calls about several clusters have. */
type OfFleet = Exclude<keyof FleetContext, keyof Context>;

function fleetContext(
  context: Omit<FleetContext, OfFleet>,
  run: FleetRun,
  chosen: readonly SelectedCluster[],
): FleetContext {
  const { caller, services, gates } = run;
  return {
    ...context,
    chosen,
    wantsEvents: caller.wantsEvents === true,
    each: (clusters, step, options = {}) =>
      runOnClusters(run, clusters, actionOfStep(step), options),
    isStopped: () => gates.limits.isClosed || run.isGone(),
    all: () => allClusters(caller.identity, services.clusters),
    entryOf: (ended, answer) => entryOf(ended, answer, run),
    countTries: (tries) =>
      checkTries(caller, { attempt: { dryRun: false, tries } }, services, gates),
  };
}

/** Records an error of the steps as a rejection, and not as a bug. */
async function* withOutcomes(steps: FleetSteps): FleetSteps {
  try {
    return yield* steps;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return {
      outcome: { outcome: "refused", error: error.code },
      reply() {
        throw error;
      },
    };
  }
}

async function finished(steps: FleetSteps): Promise<Done> {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

/** Runs the call up to its first event; an error before that is an ordinary response. */
async function streamed(
  made: (gone: () => AbortSignal | undefined) => FleetSteps,
  caller: Caller,
): Promise<Json | Stream> {
  let reader: AbortSignal | undefined;
  const steps = made(() => reader ?? caller.gone?.());
  const first = await steps.next();
  if (first.done === true) {
    const { status, body } = first.value.reply() as Json;
    if (status >= 400) return { status, body };
  }
  return {
    kind: "stream",
    events({ gone }) {
      reader = gone;
      return eventsOf(first, steps);
    },
  };
}

async function* eventsOf(
  first: IteratorResult<FleetEvent, Done>,
  steps: FleetSteps,
): AsyncGenerator<FleetEvent, void, void> {
  if (first.done !== true) yield first.value;
  const done = first.done === true ? first.value : yield* steps;
  yield { event: "done", ...summaryIn(done) };
}

/** The fields of the event `done`: the body of the response, or the error. */
function summaryIn(done: Done): object {
  try {
    return (done.reply() as Json).body;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { success: false, ...errorBody(error, "v1") };
  }
}
