import type { Outcome } from "../audit/entry.ts";
import type { ClusterNotFound, OpenedCluster } from "../clusters/open.ts";
import { CLUSTER_NOT_FOUND, recorded, unrecorded } from "../credentials/recorded.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { Unable } from "../credentials/write/verdict.ts";
import type { Writer } from "../credentials/writer.ts";
import { mayUseCluster } from "../tokens/rights.ts";
import { clusterError, clusterNotFound } from "./cluster_errors.ts";
import type { OperationError } from "./errors.ts";
import { clusterField } from "./face.ts";
import type {
  ArgocdLocation,
  Attempted,
  Caller,
  CallWithoutCluster,
  ClusterContext,
  ClusterSettings,
  Context,
  Done,
  Operation,
  OperationSettings,
  Services,
} from "./operation.ts";

/** Runs an action once for all clusters of a call. */
export type Once = ClusterContext["once"];

/** An action on one cluster. */
export interface ClusterRun<Result> {
  readonly cluster: string;
  /** Absent for a read. */
  readonly attempt?: Pick<Attempted, "of" | "credentials"> | undefined;
  /** See `ClusterCall`. */
  refuse?(place: ArgocdLocation): void;
  run(context: ClusterContext): Promise<Result>;
  /** For the audit log. */
  outcomeOf(result: Result): Outcome;
}

/** What all clusters of one call share. */
export interface SharedByClusters {
  readonly once: Once;
  /** The prefix of the ids of its writes. */
  readonly id: string;
}

/** Records the attempt, and runs an operation that uses no cluster. */
export async function runWithoutCluster(
  caller: Caller,
  { attempt, run }: CallWithoutCluster,
  services: Services,
): Promise<Done> {
  const { writer, ...context } = contextOf(caller, services);
  const act = (begin: Begin) => run({ ...context, writer, begin });
  if (attempt === undefined) return await act(unrecorded);
  return recordedOrThrown(
    await recorded(attempt.of(writer, { argocdNamespace: undefined }), {
      record: services.auditLog,
      credentials: attempt.credentials,
      outcomeOf: outcomeOfDone,
    }, act),
  );
}

/**
 * Opens the cluster, records the attempt, and runs it.
 * @param shared absent for a call about one cluster
 * @throws {OperationError} also if the cluster does not exist
 */
export async function runOnCluster<Result>(
  operation: Pick<Operation, "method">,
  caller: Caller,
  { cluster, attempt, refuse, run, outcomeOf }: ClusterRun<Result>,
  services: Services,
  shared?: SharedByClusters,
): Promise<Result> {
  const { writer, ...context } = contextOf(caller, services, shared?.id);
  const opened = await services.clusters.open(cluster, shared && "one of several");
  const place = opened.kind === "open" ? opened : { argocdNamespace: opened.argocdNamespace };
  if (opened.kind === "open") refuse?.(place);
  const act = async (begin: Begin) =>
    opened.kind === "open"
      ? { result: await run(onOpened({ ...context, writer, begin }, opened, services, shared)) }
      : opened;
  const done = attempt === undefined ? await act(unrecorded) : recordedOrThrown(
    await recorded(attempt.of(writer, place), {
      record: services.auditLog,
      credentials: attempt.credentials,
      outcomeOf: (done: Awaited<ReturnType<typeof act>>) =>
        "result" in done ? outcomeOf(done.result) : CLUSTER_NOT_FOUND,
    }, act),
  );
  if ("result" in done) return done.result;
  throw await notFound(done, operation, caller, services);
}

/** The outcome of a call for the audit log. */
export const outcomeOfDone = ({ outcome }: Done): Outcome => outcome ?? { outcome: "done" };

/** @throws {OperationError} if the attempt could not be recorded; nothing was changed then */
export function recordedOrThrown<Result extends object>(done: Result | Unable): Result {
  if ("kind" in done && done.kind === "unable") {
    const { error } = done as Unable;
    throw clusterError(error, { why: error.message });
  }
  return done as Result;
}

/** Unique, since a client may send a request id twice, and a write must recognise only its own secrets. */
const writeIdOf = (id: string) => `${id}.${crypto.randomUUID().slice(0, 8)}`;

/** @param id the prefix of the id of its write */
export function contextOf(
  { requestId, actor, identity, face, gone }: Caller,
  { locks: _, ...services }: Services,
  id = requestId,
): Omit<Context, "begin"> {
  const writer: Writer = { writeId: writeIdOf(id), requestId, actor };
  return { ...services, face, identity, writer, gone };
}

function onOpened(
  context: Context,
  opened: OpenedCluster,
  { locks }: Services,
  { once }: Pick<SharedByClusters, "once"> = { once: (act) => act() },
): ClusterContext {
  const { store, lockScope, seconds } = opened;
  const settings = settingsOf(context.settings, opened);
  return { ...context, settings, store, seconds, locks: locks.of(lockScope), once };
}

/** Suggests the most similar name of the clusters that the caller may see. */
async function notFound(
  opened: ClusterNotFound,
  { method }: Pick<Operation, "method">,
  { face, identity }: Caller,
  { clusters }: Services,
): Promise<OperationError> {
  const names = face === "seed" ? [] : (await clusters.names())
    .filter((each) => each !== opened.cluster && mayUseCluster(identity, each));
  return clusterNotFound(opened, method === "post" ? clusterField(face) : "cluster", names);
}

/** The settings of one cluster. */
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
