import type { ClusterNotFound, OpenedCluster } from "../clusters/open.ts";
import { CLUSTER_NOT_FOUND, recorded, unrecorded } from "../credentials/recorded.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { Locks } from "../credentials/write/locks.ts";
import type { PerMinute } from "../rate_limit/per_minute.ts";
import { callerKey } from "../rate_limit/caller.ts";
import { type Identity, includesRole, mayUseCluster } from "../tokens/rights.ts";
import { clusterError, clusterNotFound } from "./cluster_errors.ts";
import { OperationError } from "./errors.ts";
import { type Limits, Overloaded } from "./limits.ts";
import { clusterField } from "./face.ts";
import type {
  Caller,
  ClusterSettings,
  Context,
  Done,
  Given,
  Operation,
  OperationSettings,
  Services,
  Taken,
} from "./operation.ts";
import { type Reply, whenOver } from "./reply.ts";

/** What calls go through besides the services: one for each program. */
export interface Gates {
  /** Places of the operations that ask clusters or other servers. */
  readonly limits: Limits;
  /** Dry runs and tried credentials: by them stolen values could be tried one after the other. */
  readonly tries: PerMinute;
  /** Whether tokens say who calls. */
  readonly hasTokens: boolean;
}

/** How many dry runs and tried credentials a minute one token, or one address, may have. */
export const TRIES_A_MINUTE = 60;

/**
 * The one way in: the role, what was given, rights on its cluster, limits, the record, and only then
 * what the operation does.
 * @param note told of the cluster that the call is about, for the log
 * @throws {OperationError}
 */
export async function call(
  operation: Operation,
  caller: Caller,
  given: Given,
  services: Services,
  gates: Gates,
  note: (cluster: string) => void = () => {},
): Promise<Reply> {
  checkRole(caller.identity, operation);
  const { take } = await operation.load();
  const taken = take(given);
  const { cluster, attempt } = taken;
  if (cluster !== undefined) {
    note(cluster);
    checkCluster(caller.identity, cluster);
  }
  if (attempt !== undefined && attempt.tries > 0) {
    await checkTries(attempt.tries, caller, cluster, services, gates);
  }
  const leave = await enter(operation, caller, taken, services, gates);
  try {
    const done = await carriedOut(operation, caller, taken, services);
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
  if (mayUseCluster(identity, cluster)) return;
  const { name: token, clusters = [] } = identity;
  throw new OperationError("cluster_not_allowed", { token, cluster, clusters }, { cluster });
}

/** What is refused is on record by a budget, so that nobody fills the log with it. */
async function checkTries(
  count: number,
  { identity, actor, requestId, action }: Caller,
  cluster: string | undefined,
  { auditLog }: Services,
  { tries, hasTokens }: Gates,
): Promise<void> {
  const key = callerKey(hasTokens ? identity.name : undefined, actor.from);
  const { isTooMany, seconds } = tries.count(key, count);
  if (!isTooMany) return;
  const what = `dry runs and tried credentials: ${TRIES_A_MINUTE} a minute are allowed`;
  const error = new OperationError("rate_limited", { what }, { retryAfter: seconds, cluster });
  const reason = error.message;
  await auditLog?.refused({ requestId, actor, action, cluster, reason, isKnown: hasTokens });
  throw error;
}

/**
 * Takes a place. The server's own operations need none.
 * @returns what gives it back
 */
async function enter(
  { tag, effect }: Operation,
  { identity, actor, requestId, action, gone }: Caller,
  { cluster, attempt }: Taken,
  { auditLog }: Services,
  { limits, hasTokens }: Gates,
): Promise<() => void> {
  if (tag === "server") return () => {};
  try {
    const token = hasTokens ? identity.name : undefined;
    return await limits.enter({
      cluster,
      token,
      effect: attempt?.dryRun ? "try" : effect,
      // A read that nobody waits for is not begun; a write is.
      gone: effect === "read" ? gone : undefined,
    });
  } catch (error) {
    if (error instanceof Overloaded && attempt !== undefined) {
      const reason = error.message;
      await auditLog?.refused({ requestId, actor, action, cluster, reason, isKnown: hasTokens });
    }
    throw error;
  }
}

/** Opens the cluster, has the attempt recorded, and does it. */
async function carriedOut(
  { method }: Operation,
  { requestId, actor, identity, face, gone }: Caller,
  taken: Taken,
  services: Services,
): Promise<Done> {
  // A client may send the same request id again, and a write must recognise only its own secrets.
  const writeId = `${requestId}.${crypto.randomUUID().slice(0, 8)}`;
  const writer = { writeId, requestId, actor };
  const { locks, ...common } = services;
  const field = method === "post" ? clusterField(face) : "cluster";
  const opened = taken.cluster === undefined
    ? undefined
    : await services.clusters.open(taken.cluster);
  const place = opened?.kind === "open" ? opened : { argocdNamespace: opened?.argocdNamespace };
  if (opened?.kind === "open") taken.refuse?.(place);
  const act = (begin: Begin) =>
    run(taken, opened, { ...common, face, identity, writer, gone, begin }, locks, field);
  const { attempt } = taken;
  if (attempt === undefined) return await act(unrecorded);
  const done = await recorded(attempt.of(writer, place), {
    record: services.auditLog,
    credentials: attempt.credentials,
    outcomeOf: ({ outcome }: Done) => outcome ?? { outcome: "done" },
  }, act);
  if ("kind" in done) throw clusterError(done.error, { why: done.error.message });
  return done;
}

async function run(
  taken: Taken,
  opened: OpenedCluster | ClusterNotFound | undefined,
  context: Context,
  locks: Locks,
  field: "cluster" | "cluster_name",
): Promise<Done> {
  if (taken.cluster === undefined) return await taken.run(context);
  if (opened?.kind === "open") {
    const { store, lockScope, seconds } = opened;
    const settings = settingsOf(context.settings, opened);
    const own = { ...context, settings, store, seconds, locks: locks.of(lockScope) };
    return await taken.run(own);
  }
  // The nearest one is proposed, of those that the caller may see.
  const names = context.face === "seed" ? [] : (await context.clusters.names())
    .filter((each) => mayUseCluster(context.identity, each));
  const error = clusterNotFound(opened!, field, names);
  return {
    outcome: CLUSTER_NOT_FOUND,
    reply() {
      throw error;
    },
  };
}

/** What holds for one cluster. */
function settingsOf(
  { dockerLabels, dockerNamespaces }: OperationSettings,
  { seconds, argocdNamespace, labelsAt }: OpenedCluster,
): ClusterSettings {
  const argocd = argocdNamespace === undefined ? [] : [argocdNamespace];
  return {
    dockerLabels,
    dockerNamespaces: dockerNamespaces ?? ["kube-system", "default", ...argocd],
    seconds,
    argocdNamespace,
    labelsAt,
  };
}
