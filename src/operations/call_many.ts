import type { About, Gates } from "./admission.ts";
import { type FleetCall, throughFleet } from "./call_fleet.ts";
import { outcomeOfDone } from "./carry_out.ts";
import { entryOf, overEach } from "./each.ts";
import type { Caller, Done, Operation, Services, TakenOfMany } from "./operation.ts";
import type { Json, Reply } from "./reply.ts";
import { type EntryOutcome, fleetAnswer, outcomeOf, summaryOf } from "./respond/fleet.ts";
import type { ClusterEntry } from "./fleet_answers.ts";

/**
 * Carries a call out on each cluster of its selection by itself. What is tried is tried once for all of
 * them, and counts once.
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
  const { selection } = taken;
  const limited: FleetCall["limited"] = ([first]) => taken.of(first!).attempt;
  const steps = stepsOf(taken, caller);
  return await throughFleet(
    operation,
    caller,
    { selection, limited, steps },
    services,
    gates,
    note,
  );
}

const stepsOf = (
  { selection: { maxFailures }, of, whole = fleetAnswer }: TakenOfMany,
  { wantsEvents = false }: Caller,
): FleetCall["steps"] =>
  async function* (around, chosen) {
    const names = chosen.map(({ name }) => name);
    yield { event: "started", clusters: names.length, names };
    const all = overEach(around, chosen, {
      of: ({ name }) => ({ ...of(name), outcomeOf: outcomeOfDone }),
      resultOf: (done: Done) => done.reply() as Json,
    }, {
      isFirst: ({ isFirst }) => isFirst,
      isFailure: ({ status }) => status >= 400,
      maxFailures,
    });
    const told: EntryOutcome[] = [];
    const entries: ClusterEntry[] = [];
    for await (const ended of all) {
      const entry = entryOf(ended, (answer) => answer, around);
      yield { event: "cluster", ...entry };
      if (wantsEvents) told.push(outcomeOf(entry));
      else entries.push(entry);
    }
    return {
      reply: () => wantsEvents ? summaryOf(told.sort(byName)) : whole(entries.sort(byName)),
    };
  };

const byName = (a: EntryOutcome, b: EntryOutcome) => a.cluster < b.cluster ? -1 : 1;
