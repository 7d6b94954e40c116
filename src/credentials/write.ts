import { type Deadline, deadlineIn, type Pause, pause as realPause } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import {
  refKey,
  type SecretRef,
  type SecretStore,
  type SecretSummary,
  type Snapshot,
  type StoredSecret,
} from "../kube/store.ts";
import type { DesiredSecret } from "./kinds/kind.ts";
import { SECRET_TYPE_LABEL } from "./kinds/repository.ts";
import { carryOut } from "./write/carry_out.ts";
import { placeByIdentity } from "./write/identity.ts";
import type { Locks } from "./write/locks.ts";
import { type Permissions, plan } from "./write/plan.ts";
import { type NotRestored, putBack, settleUnknown } from "./write/put_back.ts";
import type { Refusal, Target } from "./write/target.ts";

export type { NotRestored, Refusal };

export interface WriteRequest {
  readonly cluster: string;
  readonly secrets: readonly DesiredSecret[];
  readonly permissions: Permissions;
  /** Unlike any other write's: by it a write recognises its own secrets. */
  readonly writeId: string;
}

export interface WriteDeps {
  readonly store: SecretStore;
  /** Of the whole process: one for all writes. */
  readonly locks: Locks;
  /** For the write. */
  readonly seconds: number;
  /** For putting back so many secrets. @default as long as the write, or 20 a second if longer */
  readonly putBackSeconds?: (secrets: number) => number;
  /** Told of a bug that the write has survived. */
  readonly onFault: (error: unknown) => void;
  /** @default a real pause */
  readonly pause?: Pause;
}

export interface WrittenSecret extends SecretRef {
  readonly action: "created" | "replaced" | "unchanged";
}

export interface FailedSecret extends SecretRef {
  /** Why, or what became of it because another one failed. */
  readonly why: string;
}

export type WriteVerdict =
  /** All of it is in the cluster, in the order asked for. */
  | {
    readonly kind: "written";
    readonly secrets: readonly WrittenSecret[];
    readonly hints: readonly string[];
  }
  /** Nothing has changed, for these reasons; `current` is what is there. */
  | {
    readonly kind: "refused";
    readonly refusals: readonly Refusal[];
    readonly current: ReadonlyMap<string, StoredSecret>;
  }
  /** The cluster could not be read, so nothing was tried. */
  | { readonly kind: "unable"; readonly error: KubeError }
  /** Something failed; everything is as before, except what `notRestored` names. */
  | {
    readonly kind: "failed";
    readonly error: KubeError;
    readonly secrets: readonly FailedSecret[];
    readonly notRestored: readonly NotRestored[];
  };

/**
 * Writes all secrets of a request or none: read, plan, write, and put back what was written when
 * one fails. Each secret holds its old value or its new one at every moment, except while one that
 * was forced is deleted and created. It goes on to its end whether or not anybody waits for it.
 */
export async function write(request: WriteRequest, deps: WriteDeps): Promise<WriteVerdict> {
  const deadline = deadlineIn(deps.seconds);
  let release: () => void;
  try {
    release = await deps.locks.acquire(lockKeys(request), deadline);
  } catch (error) {
    return unable(error);
  }
  try {
    const planned = await planAll(request, deps.store, deadline);
    if ("kind" in planned) return planned;
    return await writeAll(planned, request, deps, deadline);
  } catch (error) {
    return unable(error);
  } finally {
    release();
  }
}

function unable(error: unknown): WriteVerdict {
  if (error instanceof KubeError) return { kind: "unable", error };
  throw error;
}

/** Who writes a repository may come to write another's secret, so those of a cluster take turns. */
function lockKeys({ cluster, secrets }: WriteRequest): string[] {
  return secrets.flatMap((secret) => [
    `${cluster}/${refKey(secret)}`,
    ...(secret.identity ? [`${cluster}/${secret.namespace}/repositories`] : []),
  ]);
}

interface Planned {
  readonly targets: readonly Target[];
  readonly hints: readonly string[];
  readonly snapshot: Snapshot;
}

/** @throws {KubeError} when the cluster cannot be read */
async function planAll(
  request: WriteRequest,
  store: SecretStore,
  deadline: Deadline,
): Promise<Planned | WriteVerdict> {
  const { permissions } = request;
  const withIdentity = request.secrets.find(({ identity }) => identity !== undefined);
  const reading = store.read(request.secrets, deadline);
  const listing = withIdentity
    ? listRepositories(store, withIdentity.namespace, deadline)
    : Promise.resolve(NO_OTHERS);
  await Promise.allSettled([reading, listing]);
  // When both fail it is always the same one that is told.
  const first = await reading;
  const others = await listing;
  const placed = request.secrets.map((desired) =>
    placeByIdentity(desired, others.secrets, first, permissions.upsert)
  );
  const desired = placed.flatMap((each) => "desired" in each ? [each.desired] : []);
  const moved = desired.some(({ name }, i) => name !== request.secrets[i]?.name);
  const snapshot = moved ? await store.read(desired, deadline) : first;

  const targets = desired.map((each) => plan(each, snapshot, permissions));
  const refusals: Refusal[] = [
    ...twice(desired),
    ...targets.flatMap(({ refusal }) => refusal ? [refusal] : []),
    ...placed.flatMap((each) => "refusal" in each ? [each.refusal] : []),
  ];
  if (refusals.length > 0) return { kind: "refused", refusals, current: snapshot.secrets };
  const hints = [...others.hints, ...placed.flatMap((each) => "hints" in each ? each.hints : [])];
  return { targets, hints, snapshot };
}

/** Two that came to have one name: a repository whose holder is called as its template would be. */
function twice(desired: readonly DesiredSecret[]): Refusal[] {
  const seen = new Set<string>();
  return desired.flatMap(({ namespace, name }) => {
    const ref = { namespace, name };
    if (!seen.has(refKey(ref))) {
      seen.add(refKey(ref));
      return [];
    }
    return [{ kind: "identity", ref, holders: [name] }];
  });
}

const NO_OTHERS = { secrets: [] as SecretSummary[], hints: [] as string[] };

async function listRepositories(
  store: SecretStore,
  namespace: string,
  deadline: Deadline,
): Promise<typeof NO_OTHERS> {
  const selector = `${SECRET_TYPE_LABEL} in (repository,repo-creds)`;
  try {
    const secrets = await store.list({ selector, namespace, repository: true }, deadline);
    return { secrets, hints: [] };
  } catch (error) {
    if (!(error instanceof KubeError) || error.kind !== "forbidden") throw error;
    const hint = "The kubeconfig's user may not list secrets in " +
      `'${namespace}': whether another secret holds the same URL is not known`;
    return { secrets: [], hints: [hint] };
  }
}

async function writeAll(
  { targets, hints, snapshot }: Planned,
  request: WriteRequest,
  deps: WriteDeps,
  deadline: Deadline,
): Promise<WriteVerdict> {
  const { store, onFault, seconds, pause = realPause } = deps;
  const { putBackSeconds = (secrets) => Math.max(seconds, secrets / 20) } = deps;
  const { permissions, writeId } = request;
  await carryOut(targets, { store, permissions, writeId, deadline, onFault, pause });

  const afterwards = {
    store,
    writeId,
    deadline: deadlineIn(putBackSeconds(targets.length)),
    onFault,
    pause,
  };
  await settleUnknown(targets, afterwards);
  if (targets.every(({ state }) => state === "written")) {
    return { kind: "written", secrets: targets.map(writtenSecret), hints };
  }
  const failed = targets.filter(({ state }) => state !== "written");
  const outcome = new Map(failed.map((target) => [target, reason(target)]));
  const error = causeOf(failed);
  const touched = new Set(targets.filter(({ ours, state }) => ours || state === "removed"));
  const notRestored = await putBack(targets, afterwards);
  const refusals = failed.flatMap(({ refusal }) => refusal ? [refusal] : []);
  if (notRestored.length === 0 && refusals.length > 0) {
    const current = new Map(snapshot.secrets);
    for (const { before, desired } of targets) if (before) current.set(refKey(desired), before);
    return { kind: "refused", refusals, current };
  }
  const secrets = targets.map((target): FailedSecret => {
    const { namespace, name } = target.desired;
    const left = notRestored.find((each) => refKey(each) === refKey(target.desired));
    const put = touched.has(target) ? "written and put back" : "not written";
    const became = left ? `not put back: ${left.state}` : put;
    return { namespace, name, why: [outcome.get(target), became].filter(Boolean).join("; ") };
  });
  return { kind: "failed", error, secrets, notRestored };
}

function writtenSecret({ desired: { namespace, name }, before, ours }: Target): WrittenSecret {
  const action = ours === undefined ? "unchanged" : before === undefined ? "created" : "replaced";
  return { namespace, name, action };
}

/** The failure that decides the answer: what came first, rather than what followed from it. */
function causeOf(failed: readonly Target[]): KubeError {
  const errors = failed.flatMap(({ error }) => error ? [error] : []);
  const decisive = errors.find(({ kind }) => kind !== "conflict" && kind !== "exists");
  return decisive ?? errors[0] ?? new KubeError("failed", "Cannot write: it was not tried");
}

function reason({ error, state }: Target): string | undefined {
  return error?.message ?? (state === "planned" ? "not tried" : undefined);
}
