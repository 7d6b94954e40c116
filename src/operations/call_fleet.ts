import type { Chosen } from "../fleet/each.ts";
import { recordedSteps, unrecorded } from "../credentials/recorded.ts";
import type { Begin } from "../credentials/recorded.ts";
import { type About, checkTries, enter, type Gates } from "./admission.ts";
import { contextOf, outcomeOfDone, recordedOrThrown } from "./carry_out.ts";
import { allClusters, chooseClusters } from "./choose_clusters.ts";
import { type Around, entryOf, onEachStep, overEach } from "./each.ts";
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
  Services,
  TakenOfFleet,
} from "./operation.ts";
import { type Json, type Reply, type Stream, whenOver } from "./reply.ts";

/** A call about several clusters, before it is let in. */
export interface FleetCall {
  readonly selection: AskedSelection;
  readonly id?: string | undefined;
  readonly looksByArgocd?: boolean | undefined;
  /** @param names those that it is about, at least one */
  limited(names: readonly string[]): Limited | undefined;
  /** As of `TakenOfFleet`. */
  steps(around: Around, chosen: readonly Chosen[]): FleetSteps;
}

/**
 * The way in of calls about several clusters: which are meant, limits, turns, and one answer or a
 * stream of events.
 * @param note told how many clusters it is about, for the log
 * @throws {OperationError} of what is wrong before any cluster is begun
 */
export async function throughFleet(
  operation: Operation,
  caller: Caller,
  { selection, id = caller.requestId, looksByArgocd, limited, steps }: FleetCall,
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
    const chosen = await meant.choose({ byArgocd: looksByArgocd });
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

/** Does it in its steps, with a line of its own in the audit log. */
export async function callFleet(
  operation: Operation,
  caller: Caller,
  { selection, id, looksByArgocd, attempt, steps }: TakenOfFleet,
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
      looksByArgocd,
      limited: () => attempt,
      async *steps(around, chosen) {
        const { writer: made, ...context } = contextOf(caller, services, around.id);
        // What is known by an id has that one itself.
        const writer = id === undefined ? made : { ...made, writeId: id };
        const run = (begin: Begin) =>
          failuresTold(steps(fleetContext({ ...context, writer, begin }, around, chosen)));
        if (attempt === undefined) return yield* run(unrecorded);
        const done = yield* recordedSteps(attempt.of(writer, chosen.map(({ name }) => name)), {
          record: services.auditLog,
          credentials: attempt.credentials,
          outcomeOf: outcomeOfDone,
        }, run);
        return recordedOrThrown(done);
      },
    },
    services,
    gates,
    note,
  );
}

/** What a call about one cluster does not have. */
type OfFleet = Exclude<keyof FleetContext, keyof Context>;

function fleetContext(
  context: Omit<FleetContext, OfFleet>,
  around: Around,
  chosen: readonly Chosen[],
): FleetContext {
  const { caller, services, gates } = around;
  return {
    ...context,
    chosen,
    wantsEvents: caller.wantsEvents === true,
    each: (clusters, step, options = {}) => overEach(around, clusters, onEachStep(step), options),
    isStopped: () => gates.limits.isClosed || around.isGone(),
    all: () => allClusters(caller.identity, services.clusters),
    entryOf: (ended, answer) => entryOf(ended, answer, around),
    countTries: (tries) =>
      checkTries(caller, { attempt: { dryRun: false, tries } }, services, gates),
  };
}

/** What is refused on the way is on record as that, and not as a bug. */
async function* failuresTold(steps: FleetSteps): FleetSteps {
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

/** Begun as far as its first event: until then what goes wrong is an ordinary answer. */
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
  yield { event: "done", ...saidInTheEnd(done) };
}

/** What `done` says: the body of the answer, or the error. */
function saidInTheEnd(done: Done): object {
  try {
    return (done.reply() as Json).body;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    return { success: false, ...errorBody(error, "v1") };
  }
}
