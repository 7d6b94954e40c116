import { type Deadline, deadlineIn } from "../kube/deadline.ts";
import type { KubeError } from "../kube/errors.ts";
import { refKey, refOf } from "../kube/store.ts";
import { carryOut } from "./write/carry_out.ts";
import { dryRun } from "./write/dry_run.ts";
import { withExistingNamespaces } from "./write/existing_namespaces.ts";
import { inTurn } from "./write/locks.ts";
import { makeNamespaces } from "./write/new_namespaces.ts";
import { planAll, type Planned, refsOf } from "./write/planning.ts";
import { applyUses } from "./write/pull_secret_uses.ts";
import { type NotRestored, settleUnknown } from "./write/put_back.ts";
import { isDone, type Refusal, type Target, writtenAs } from "./write/target.ts";
import { undoAll } from "./write/undo.ts";
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
  const { permissions, writeId } = request;
  const { now, lastly } = worksOf(deps, writeId, deadline, targets.length);
  const fresh = await makeNamespaces(planned.namespaces, now);
  if (fresh.error !== undefined) {
    return { kind: "failed", ...notTried(targets, fresh.error), namespaces: fresh.made };
  }
  await carryOut(targets, { ...now, permissions });
  await settleUnknown(targets, lastly());
  const isWritten = targets.every(isDone);
  const given = isWritten
    ? await applyUses("attach", uses, { ...now, justMade: planned.namespaces })
    : { done: [], touched: [], error: undefined };
  const namespaces = fresh.made;
  if (isWritten && given.done.length === uses.length) {
    const secrets = targets.map(writtenSecret);
    return { kind: "written", secrets, namespaces, attached: uses, hints };
  }
  const { snapshot } = planned;
  return await undoAll({ targets, verb: "attach", uses: given, namespaces, snapshot }, lastly());
}

function notTried(targets: readonly Target[], error: KubeError) {
  const why = "not tried; not written";
  const secrets = targets.map(({ desired }) => ({ ...refOf(desired), why }));
  return { error, secrets, notRestored: [] };
}

function writtenSecret({ desired, before, ours }: Target): WrittenSecret {
  const action = ours === undefined ? "unchanged" : before === undefined ? "created" : "replaced";
  return { ...writtenAs(desired), action };
}
