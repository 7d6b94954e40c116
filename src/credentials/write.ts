import { type Deadline, deadlineIn, pause as realPause } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import { refKey } from "../kube/store.ts";
import { carryOut } from "./write/carry_out.ts";
import { dryRun } from "./write/dry_run.ts";
import { withExistingNamespaces } from "./write/existing_namespaces.ts";
import { inTurn } from "./write/locks.ts";
import { makeNamespaces } from "./write/new_namespaces.ts";
import { planAll, type Planned, refsOf } from "./write/planning.ts";
import { applyUses, undoUses } from "./write/pull_secret_uses.ts";
import { type NotRestored, settleUnknown } from "./write/put_back.ts";
import { isDone, type Refusal, type Target, writtenAs } from "./write/target.ts";
import { putBackSeconds as usualPutBack } from "./write/times.ts";
import { undo } from "./write/undo.ts";
import type { WriteDeps, WriteRequest, WriteVerdict, WrittenSecret } from "./write/verdict.ts";

export type { NotRestored, Refusal, WriteDeps, WriteRequest, WriteVerdict };

/**
 * Writes all secrets of a request or none: read, plan, write, and put back what was written when
 * one fails. Each secret holds its old value or its new one at every moment, except while one that
 * was forced is deleted and created. It goes on to its end whether or not anybody waits for it.
 */
export async function write(request: WriteRequest, deps: WriteDeps): Promise<WriteVerdict> {
  const deadline = deadlineIn(deps.seconds);
  try {
    const verdict = await inTurn(deps.locks, lockKeys(request), deadline, async () => {
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

function unable(error: unknown): WriteVerdict {
  if (error instanceof KubeError) return { kind: "unable", error };
  throw error;
}

/** Who writes a repository may come to write another's secret, so those of a namespace take turns. */
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
  const { store, onFault, seconds, pause = realPause } = deps;
  const { putBackSeconds = (secrets) => usualPutBack(seconds, secrets) } = deps;
  const { permissions, writeId } = request;
  const fresh = await makeNamespaces(planned.namespaces, { store, deadline, onFault });
  if (fresh.error !== undefined) {
    return { kind: "failed", ...notTried(targets, fresh.error), namespaces: fresh.made };
  }
  await carryOut(targets, { store, permissions, writeId, deadline, onFault, pause });

  const common = { store, writeId, onFault, pause };
  const lastly = () => ({ ...common, deadline: deadlineIn(putBackSeconds(targets.length)) });
  await settleUnknown(targets, lastly());
  const isWritten = targets.every(isDone);
  const given = isWritten
    ? await applyUses("attach", uses, { ...common, deadline, justMade: planned.namespaces })
    : { done: [], touched: [], error: undefined };
  if (isWritten && given.done.length === uses.length) {
    const secrets = targets.map(writtenSecret);
    return { kind: "written", secrets, namespaces: fresh.made, attached: uses, hints };
  }
  // Each has all of the time: neither waits for what cannot be undone of the other.
  const afterwards = lastly();
  const [undone, { error, secrets, notRestored, refusals }] = await Promise.all([
    undoUses("attach", given, afterwards),
    undo(targets, given.error, afterwards),
  ]);
  if (notRestored.length + undone.length + fresh.made.length === 0 && refusals.length > 0) {
    const current = new Map(planned.snapshot.secrets);
    for (const { before, desired } of targets) if (before) current.set(refKey(desired), before);
    return { kind: "refused", refusals, current };
  }
  const left = [...notRestored, ...undone];
  return { kind: "failed", error, secrets, notRestored: left, namespaces: fresh.made };
}

function notTried(targets: readonly Target[], error: KubeError) {
  const secrets = targets.map(({ desired: { namespace, name } }) => ({
    namespace,
    name,
    why: "not tried; not written",
  }));
  return { error, secrets, notRestored: [] };
}

function writtenSecret({ desired, before, ours }: Target): WrittenSecret {
  const action = ours === undefined ? "unchanged" : before === undefined ? "created" : "replaced";
  return { ...writtenAs(desired), action };
}
