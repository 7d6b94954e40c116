import type { ClusterNotFound, OpenedCluster } from "../clusters/open.ts";
import { CLUSTER_NOT_FOUND, recorded, unrecorded } from "../credentials/recorded.ts";
import type { Begin } from "../credentials/recorded.ts";
import type { Locks } from "../credentials/write/locks.ts";
import { mayUseCluster } from "../tokens/rights.ts";
import { clusterError, clusterNotFound } from "./cluster_errors.ts";
import { clusterField } from "./face.ts";
import type {
  Caller,
  ClusterContext,
  ClusterSettings,
  Context,
  Done,
  Operation,
  OperationSettings,
  Services,
  TakenOfCluster,
  TakenOfNone,
} from "./operation.ts";

/** Has what is the same on each cluster of a call done once. */
export type Once = ClusterContext["once"];

/**
 * Opens the cluster, has the attempt recorded, and does it.
 * @param once of several clusters, what they do once; absent of a call about one
 */
export async function carriedOut(
  { method }: Operation,
  { requestId, actor, identity, face, gone }: Caller,
  taken: TakenOfNone | TakenOfCluster,
  services: Services,
  once?: Once,
): Promise<Done> {
  // A client may send the same request id again, and a write must recognise only its own secrets.
  const writeId = `${requestId}.${crypto.randomUUID().slice(0, 8)}`;
  const writer = { writeId, requestId, actor };
  const { locks, ...common } = services;
  const field = method === "post" ? clusterField(face) : "cluster";
  const opened = taken.cluster === undefined
    ? undefined
    : await services.clusters.open(taken.cluster, once && "one of several");
  const place = opened?.kind === "open" ? opened : { argocdNamespace: opened?.argocdNamespace };
  if (opened?.kind === "open") taken.refuse?.(place);
  const act = (begin: Begin) =>
    run(taken, opened, { ...common, face, identity, writer, gone, begin }, locks, field, once);
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
  taken: TakenOfNone | TakenOfCluster,
  opened: OpenedCluster | ClusterNotFound | undefined,
  context: Context,
  locks: Locks,
  field: "cluster" | "cluster_name",
  once: Once = (act) => act(),
): Promise<Done> {
  if (taken.cluster === undefined) return await taken.run(context);
  if (opened?.kind === "open") {
    const { store, lockScope, seconds } = opened;
    const settings = settingsOf(context.settings, opened);
    const own = { ...context, settings, store, seconds, locks: locks.of(lockScope), once };
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
