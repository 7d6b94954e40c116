import type { About, Gates } from "./admission.ts";
import { type FleetCall, throughFleet } from "./call_fleet.ts";
import { outcomeOfDone } from "./carry_out.ts";
import { entryOf, runOnClusters } from "./each.ts";
import type { Caller, Done, EachClusterCall, Operation, Services } from "./operation.ts";
import type { Json, Reply } from "./reply.ts";
import { type EntryOutcome, fleetAnswer, outcomeOf, summaryOf } from "./respond/fleet.ts";
import type { ClusterEntry } from "./fleet_answers.ts";

/**
 * Runs a call on each selected cluster separately. A credential is verified once for all of them, and
 * counts once.
 * @param note receives the number of clusters, for the log
 * @throws {OperationError} if it fails before the first cluster is started
 */
export async function callMany(
  operation: Operation,
  caller: Caller,
  taken: EachClusterCall,
  services: Services,
  gates: Gates,
  note: (about: About) => void,
): Promise<Reply> {
  const { selection } = taken;
  const limited: FleetCall["limited"] = ([first]) => taken.of(first!).attempt;
  const steps = stepsOf(taken, caller);
  // One Argo CD of an API server must not hide the secrets of another one.
  const byArgocd = operation.effect === "read" || taken.byArgocd;
  return await throughFleet(
    operation,
    caller,
    { selection, byArgocd, limited, steps },
    services,
    gates,
    note,
  );
}

const stepsOf = (
  { selection: { maxFailures }, of, whole = fleetAnswer, isWhole = () => true }: EachClusterCall,
  { wantsEvents = false }: Caller,
): FleetCall["steps"] =>
  async function* (run, chosen) {
    const names = chosen.map(({ name }) => name);
    yield { event: "started", clusters: names.length, names };
    const all = runOnClusters(run, chosen, {
      of: ({ name }) => ({ ...of(name), outcomeOf: outcomeOfDone }),
      resultOf: (done: Done) => done.reply() as Json,
    }, {
      isFirst: ({ isFirst }) => isFirst,
      isFailure: ({ status }) => status >= 400,
      maxFailures,
    });
    const outcomes: EntryOutcome[] = [];
    const entries: ClusterEntry[] = [];
    let isComplete = true;
    for await (const ended of all) {
      const entry = entryOf(ended, (answer) => answer, run);
      yield { event: "cluster", ...entry };
      isComplete &&= entry.status_code >= 400 || isWhole(entry.answer);
      if (wantsEvents) outcomes.push(outcomeOf(entry));
      else entries.push(entry);
    }
    return {
      reply: () =>
        wantsEvents ? summaryOf(outcomes.sort(byName), isComplete) : whole(entries.sort(byName)),
    };
  };

const byName = (a: EntryOutcome, b: EntryOutcome) => a.cluster < b.cluster ? -1 : 1;
