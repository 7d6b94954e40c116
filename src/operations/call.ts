import { type Identity, includesRole, mayUseCluster } from "../tokens/rights.ts";
import { type About, checkTries, enter, type Gates } from "./admission.ts";
import { callFleet } from "./call_fleet.ts";
import { callMany } from "./call_many.ts";
import { carriedOut, carriedOutOn, outcomeOfDone } from "./carry_out.ts";
import { notAllowed } from "./choose_clusters.ts";
import { OperationError } from "./errors.ts";
import type { Caller, Given, Operation, Services } from "./operation.ts";
import { type Reply, whenOver } from "./reply.ts";

export { type About, FINDS_A_MINUTE, type Gates, TRIES_A_MINUTE } from "./admission.ts";

/**
 * The one way in: the role, what was given, rights on its clusters, limits, the record, and only then
 * what the operation does.
 * @param note told of the clusters that the call is about, for the log
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
      ? await carriedOut(caller, taken, services)
      : await carriedOutOn(operation, caller, { ...taken, outcomeOf: outcomeOfDone }, services);
    // A stream keeps its place until its end.
    return whenOver(done.reply(), leave);
  } catch (error) {
    leave();
    throw error;
  }
}

/** @throws {OperationError} that says which right is missing */
export function checkRole({ name, role }: Identity, { role: needed }: Operation): void {
  if (needed === "anyone" || includesRole(role, needed)) return;
  throw new OperationError("role_required", { token: name, role, needed });
}

function checkCluster(identity: Identity, cluster: string): void {
  if (!mayUseCluster(identity, cluster)) throw notAllowed(identity, cluster);
}
