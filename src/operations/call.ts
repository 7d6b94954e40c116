import { type Identity, includesRole, mayUseCluster } from "../tokens/rights.ts";
import { type About, checkTries, enter, type Gates } from "./admission.ts";
import { callFleet } from "./call_fleet.ts";
import { callMany } from "./call_many.ts";
import { outcomeOfDone, runOnCluster, runWithoutCluster } from "./carry_out.ts";
import { notAllowed } from "./choose_clusters.ts";
import { OperationError } from "./errors.ts";
import type { Caller, Given, Operation, Services } from "./operation.ts";
import { type Reply, whenOver } from "./reply.ts";

export { type About, FINDS_A_MINUTE, type Gates, TRIES_A_MINUTE } from "./admission.ts";

/**
 * Runs an operation: checks the role, parses the input, checks the rights on its clusters and the limits,
 * records the attempt, and only then acts.
 * @param note receives the clusters of the call, for the log
 * @throws {OperationError}
 */
export async function call(
  operation: Operation,
  caller: Caller,
  given: Given,
  services: Services,
  gates: Gates,
  note: (about: About) => void = () => {},
): Promise<Reply> {
  checkRole(caller.identity, operation);
  const { take } = await operation.load();
  const taken = take(given);
  if (taken.selection !== undefined) {
    return taken.of === undefined
      ? await callFleet(operation, caller, taken, services, gates, note)
      : await callMany(operation, caller, taken, services, gates, note);
  }
  const { cluster } = taken;
  if (cluster !== undefined) {
    note({ cluster });
    checkCluster(caller.identity, cluster);
  }
  await checkTries(caller, taken, services, gates);
  const leave = await enter(operation, caller, taken, services, gates);
  try {
    const done = cluster === undefined
      ? await runWithoutCluster(caller, taken, services)
      : await runOnCluster(operation, caller, { ...taken, outcomeOf: outcomeOfDone }, services);
    // A stream keeps its slot until it ends.
    return whenOver(done.reply(), leave);
  } catch (error) {
    leave();
    throw error;
  }
}

/** @throws {OperationError} `role_required` */
export function checkRole({ name, role }: Identity, { role: needed }: Operation): void {
  if (needed === "anyone" || includesRole(role, needed)) return;
  throw new OperationError("role_required", { token: name, role, needed });
}

function checkCluster(identity: Identity, cluster: string): void {
  if (!mayUseCluster(identity, cluster)) throw notAllowed(identity, cluster);
}
