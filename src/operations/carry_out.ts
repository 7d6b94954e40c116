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
  Attempted,
  Caller,
  ClusterContext,
  ClusterSettings,
  Context,
  Done,
  Operation,
  OperationSettings,
  Place,
  Services,
  TakenOfNone,
} from "./operation.ts";

/** Has what is the same on each cluster of a call done once. */
export type Once = ClusterContext["once"];

/** What is done on one cluster. */
export interface OnCluster<Result> {
  readonly cluster: string;
  /** Absent of what only looks. */
  readonly attempt?: Pick<Attempted, "of" | "credentials"> | undefined;
  /** As of `TakenOfCluster`. */
  refuse?(place: Place): void;
  run(context: ClusterContext): Promise<Result>;
  /** For the audit log. */
  outcomeOf(result: Result): Outcome;
}

/** What is the same on each cluster of a call about several. */
export interface Together {
  readonly once: Once;
  /** What the ids of its writes begin with. */
  readonly id: string;
}

/** Has the attempt recorded, and does what asks no cluster. */
export async function carriedOut(
  caller: Caller,
  { attempt, run }: TakenOfNone,
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
 * Opens the cluster, has the attempt recorded, and does it.
 * @param together of several clusters; absent of a call about one
 * @throws {OperationError} also when there is no such cluster
 */
export async function carriedOutOn<Result>(
  operation: Pick<Operation, "method">,
  caller: Caller,
  { cluster, attempt, refuse, run, outcomeOf }: OnCluster<Result>,
  services: Services,
  together?: Together,
): Promise<Result> {
  const { writer, ...context } = contextOf(caller, services, together?.id);
  const opened = await services.clusters.open(cluster, together && "one of several");
  const place = opened.kind === "open" ? opened : { argocdNamespace: opened.argocdNamespace };
  if (opened.kind === "open") refuse?.(place);
  const act = async (begin: Begin) =>
    opened.kind === "open"
      ? { result: await run(onOpened({ ...context, writer, begin }, opened, services, together)) }
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

/** What the audit log says of a call. */
export const outcomeOfDone = ({ outcome }: Done): Outcome => outcome ?? { outcome: "done" };

/** @throws {OperationError} where the attempt could not be recorded, so that nothing was done */
export function recordedOrThrown<Result extends object>(done: Result | Unable): Result {
  if ("kind" in done && done.kind === "unable") {
    const { error } = done as Unable;
    throw clusterError(error, { why: error.message });
  }
  return done as Result;
}

/** A client may send the same request id again, and a write must recognise only its own secrets. */
const writeIdOf = (id: string) => `${id}.${crypto.randomUUID().slice(0, 8)}`;

/** @param id what the id of its write begins with */
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
  { once }: Pick<Together, "once"> = { once: (act) => act() },
): ClusterContext {
  const { store, lockScope, seconds } = opened;
  const settings = settingsOf(context.settings, opened);
  return { ...context, settings, store, seconds, locks: locks.of(lockScope), once };
}

/** The nearest one is proposed, of those that the caller may see. */
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
