import { type Deadline, deadlineIn } from "../kube/deadline.ts";
import type { KubeError } from "../kube/errors.ts";
import { refKey, refOf } from "../kube/store.ts";
import { writeTargets } from "./write/write_targets.ts";
import { dryRun } from "./write/dry_run.ts";
import { withExistingNamespaces } from "./write/existing_namespaces.ts";
import { withLocks } from "./write/locks.ts";
import { planAll, type Planned, refsOf } from "./write/planning.ts";
import { applyUses } from "./write/pull_secret_uses.ts";
import { type NotRestored, settleUnknown } from "./write/restore.ts";
import { errorsOf, sendBatch, type Work } from "./write/settle.ts";
import { isTargetDone, type Refusal, type WriteTarget, writtenAs } from "./write/target.ts";
import { rollBack } from "./write/rollback.ts";
import {
  unable,
  type WriteDeps,
  type WriteRequest,
  type WriteVerdict,
  type WrittenSecret,
} from "./write/verdict.ts";
import { worksOf } from "./write/work.ts";

export type { NotRestored, Refusal, WriteDeps, WriteRequest, WriteVerdict };

/**
 * Writes all secrets of a request or none.
 *
 * 1. Lock the secrets, so that writes of this process to the same secrets run one after the other.
 * 2. Read the cluster and plan (`planning.ts`). Any refusal ends the write before it changes anything.
 * 3. Create missing namespaces, write the secrets (`write_targets.ts`), attach them to service accounts
 *    (`pull_secret_uses.ts`).
 * 4. If any step fails, roll back everything that this write changed (`rollback.ts`), and report what
 *    could not be restored.
 *
 * Every secret holds its old or its new value at all times, except that a forced replacement of another
 * type deletes and creates the secret. A write never stops halfway because its client disconnects.
 */
export async function write(request: WriteRequest, deps: WriteDeps): Promise<WriteVerdict> {
  const deadline = deadlineIn(deps.seconds);
  try {
    const verdict = await withLocks(deps.locks, lockKeys(request), deadline, async () => {
      const planned = await planAll(request, deps.store, deadline);
      if ("kind" in planned) return planned;
      if (!request.dryRun) return await writeAll(planned, request, deps, deadline);
      const { store } = deps;
      return await dryRun(planned, { store, deadline, writeId: request.writeId });
    });
    return await withExistingNamespaces(verdict, deps, deadline);
  } catch (error) {
    return unable(error);
  }
}

/**
 * The keys to lock. Writing a repository may replace a secret of another name that holds the same URL,
 * so writes of repositories lock the whole namespace.
 */
function lockKeys({ secrets }: WriteRequest): string[] {
  return secrets.flatMap((secret) => [
    ...refsOf(secret).map(refKey),
    ...(secret.identity ? [`${secret.namespace}/`] : []),
  ]);
}

async function writeAll(
  planned: Planned,
  request: WriteRequest,
  deps: WriteDeps,
  deadline: Deadline,
): Promise<WriteVerdict> {
  const { targets, uses: { uses }, hints } = planned;
  const { policy, writeId } = request;
  const { now, lastly } = worksOf(deps, writeId, deadline, targets.length);
  const fresh = await createNamespaces(planned.namespaces, now);
  if (fresh.error !== undefined) {
    return { kind: "failed", ...notAttempted(targets, fresh.error), namespaces: fresh.created };
  }
  await writeTargets(targets, { ...now, policy });
  await settleUnknown(targets, lastly());
  const isWritten = targets.every(isTargetDone);
  const given = isWritten
    ? await applyUses("attach", uses, { ...now, justMade: planned.namespaces })
    : { done: [], touched: [], error: undefined };
  const namespaces = fresh.created;
  if (isWritten && given.done.length === uses.length) {
    const secrets = targets.map(writtenSecret);
    return { kind: "written", secrets, namespaces, attached: uses, hints };
  }
  const { snapshot } = planned;
  return await rollBack({ targets, verb: "attach", uses: given, namespaces, snapshot }, lastly());
}

/**
 * Creates namespaces. A namespace that somebody else creates at the same time will do. Created namespaces
 * stay when the write fails: deleting one would delete everything that others have put into it by then.
 * @returns the namespaces that this write created, or may have created, and why any is missing
 */
async function createNamespaces(names: readonly string[], { store, deadline, onBug }: Work) {
  const create = () => store.createNamespaces(names, deadline);
  const outcomes = await sendBatch(names, create, onBug);
  const created = names.filter((_, i) => outcomes[i]!.kind !== "rejected");
  return { created, error: errorsOf(outcomes).find(({ kind }) => kind !== "exists") };
}

function notAttempted(targets: readonly WriteTarget[], error: KubeError) {
  const why = "not attempted; not written";
  const secrets = targets.map(({ desired }) => ({ ...refOf(desired), why }));
  return { error, secrets, notRestored: [] };
}

function writtenSecret({ desired, before, ours }: WriteTarget): WrittenSecret {
  const action = ours === undefined ? "unchanged" : before === undefined ? "created" : "replaced";
  return { ...writtenAs(desired), action };
}
