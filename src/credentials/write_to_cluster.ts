import type { Outcome, ServiceAccountRef, WriteRecord } from "../audit/audit_log.ts";
import { type PullSecretUse, refKey } from "../kube/store.ts";
import type { Sealed } from "../log/sealed.ts";
import { recorded } from "./recorded.ts";
import type { ClusterNotFound, OpenCluster } from "./stores.ts";
import { write, type WriteDeps, type WriteRequest, type WriteVerdict } from "./write.ts";
import { refsOf } from "./write/planning.ts";
import { remove, type RemoveRequest, type RemoveVerdict } from "./write/removal.ts";
import type { NotRestored, Refusal } from "./write.ts";
import type { Writer } from "./writer.ts";

/** What a writing use-case gets besides the request. */
export interface WriteServices extends Omit<WriteDeps, "store"> {
  readonly open: OpenCluster;
  /** Absent when writes are not recorded. */
  readonly record?: WriteRecord;
}

/** A write, and what its record says besides. */
export interface RecordedWrite extends WriteRequest, Writer {
  /** Of the credential. */
  readonly kind: "docker" | "git" | "helm" | "oci";
  /** The value that is written, of which only a fingerprint is recorded; absent where there is none. */
  readonly credential?: Sealed<string>;
}

/** Opens the cluster that a request names and writes there, on record; a dry run leaves none. */
export async function writeToCluster(
  request: RecordedWrite,
  { open, record, ...deps }: WriteServices,
): Promise<WriteVerdict | ClusterNotFound> {
  const { secrets, permissions: { upsert, force }, credential } = request;
  const attempt = {
    ...attemptOf(request, secrets.flatMap(refsOf)),
    serviceAccounts: accountsOf(request.attach ?? []),
    kind: request.kind,
    upsert,
    force,
  };
  const outcomeOf = (verdict: WriteVerdict | ClusterNotFound) =>
    outcomeOfWrite(verdict, attempt.names);
  const recording = { record: request.dryRun ? undefined : record, credential, outcomeOf };
  return await recorded(attempt, recording, async (begin) => {
    await begin();
    const opened = await open(request.cluster);
    if (opened.kind === "cluster_not_found") return opened;
    if (opened.kind === "refused") return { kind: "unable", error: opened.error };
    return await write(request, { ...deps, store: opened.store });
  });
}

/** The same for deleting, recorded when it is read which service accounts use the secrets. */
export async function removeFromCluster(
  request: RemoveRequest & Writer,
  { open, record, ...deps }: WriteServices,
): Promise<RemoveVerdict | ClusterNotFound> {
  const { refs, force } = request;
  const attempt = { ...attemptOf(request, refs), kind: "delete", upsert: false, force };
  const recording = { record: request.dryRun ? undefined : record, outcomeOf: outcomeOfRemoval };
  return await recorded(attempt, recording, async (begin) => {
    const opened = await open(request.cluster);
    if (opened.kind === "cluster_not_found") return opened;
    if (opened.kind === "refused") return { kind: "unable", error: opened.error };
    const beforeChange = (uses: readonly PullSecretUse[]) =>
      begin({ serviceAccounts: accountsOf(uses) });
    return await remove({ ...request, beforeChange }, { ...deps, store: opened.store });
  });
}

function attemptOf(
  { writeId, requestId, actor, cluster }: Writer & { readonly cluster: string },
  secrets: readonly { readonly namespace: string; readonly name: string }[],
) {
  const names = unique(secrets.map(({ name }) => name));
  const namespaces = unique(secrets.map(({ namespace }) => namespace));
  return { writeId, requestId, actor, cluster, names, namespaces };
}

/** Each once. */
function accountsOf(uses: readonly PullSecretUse[]): ServiceAccountRef[] {
  const accounts = uses.map(({ namespace, serviceAccount: name }) => ({ namespace, name }));
  return [...new Map(accounts.map((each) => [refKey(each), each])).values()];
}

function outcomeOfWrite(
  verdict: WriteVerdict | ClusterNotFound,
  asked: readonly string[],
): Outcome {
  if (verdict.kind !== "written") return outcomeOfNothing(verdict);
  const counts = { created: 0, replaced: 0, unchanged: 0 };
  for (const { action } of verdict.secrets) counts[action]++;
  const actions = unique(verdict.secrets.map(({ action }) => action));
  const written = unique(verdict.secrets.map(({ name }) => name));
  const isElsewhere = written.some((name) => !asked.includes(name));
  return {
    outcome: actions.length === 1 ? actions[0]! : "mixed",
    counts,
    ...(isElsewhere ? { written } : {}),
    ...namespacesCreated(verdict.namespaces),
  };
}

function outcomeOfRemoval(verdict: RemoveVerdict | ClusterNotFound): Outcome {
  if (verdict.kind !== "removed") return outcomeOfNothing(verdict);
  return { outcome: "deleted", counts: { deleted: verdict.secrets.length } };
}

function namespacesCreated(namespaces: readonly string[] = []) {
  return namespaces.length === 0 ? {} : { namespaces_created: namespaces };
}

type Nothing =
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] }
  | { readonly kind: "unable"; readonly error: { readonly kind: string } }
  | {
    readonly kind: "failed";
    readonly error: { readonly kind: string };
    readonly notRestored: readonly NotRestored[];
    readonly namespaces?: readonly string[];
  }
  | ClusterNotFound;

/** Of what came to nothing. */
function outcomeOfNothing(verdict: Nothing): Outcome {
  switch (verdict.kind) {
    case "refused":
      return { outcome: "refused", refusals: unique(verdict.refusals.map(({ kind }) => kind)) };
    case "unable":
      return { outcome: "unable", error: verdict.error.kind };
    case "failed": {
      const not_restored = verdict.notRestored.map(
        ({ namespace, name, state, isServiceAccount }) => ({
          namespace,
          name,
          ...(isServiceAccount ? { kind: "serviceaccount" } : {}),
          state,
        }),
      );
      return {
        outcome: "failed",
        error: verdict.error.kind,
        not_restored,
        ...namespacesCreated(verdict.namespaces),
      };
    }
    case "cluster_not_found":
      return { outcome: "unable", error: "cluster_not_found" };
  }
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
