import type { KubeError } from "../../kube/errors.ts";
import { type ItemOutcome, refOf } from "../../kube/store.ts";
import { changes } from "../kinds/changes.ts";
import type { FailedSecret, WriteVerdict, WrittenSecret } from "./verdict.ts";
import type { Planned } from "./planning.ts";
import { errorsOf, sendBatch, type Work } from "./settle.ts";
import { manifestOf, type WriteTarget, writtenAs } from "./target.ts";

/**
 * Sends a planned write to the cluster as a server-side dry run: it checks admission and quotas, and
 * changes nothing. Two cases rely on the plan alone, since the API server cannot check them: a secret in
 * a namespace that does not exist yet, and the create after a delete.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
 */
export async function dryRun(
  { targets, namespaces, uses, hints }: Planned,
  { store, deadline, writeId }: Pick<Work, "store" | "deadline" | "writeId">,
): Promise<WriteVerdict> {
  const options = { dryRun: true };
  const waiting = new Set(namespaces);
  const attached = uses.uses.filter(({ namespace }) => !waiting.has(namespace));
  const rejected = new Map<WriteTarget, KubeError>();
  const [made, given] = await Promise.all([
    sendDryRun(namespaces, (names) => store.createNamespaces(names, deadline, options)),
    sendDryRun(attached, (uses) => store.attach(uses, deadline, options)),
    sendAction("create", (creates) => store.create(creates.map(newOne), deadline, options)),
    sendAction("replace", (replaces) => store.replace(replaces.map(newOne), deadline, options)),
    sendAction(
      "recreate",
      (recreates) => store.remove(recreates.map(({ before }) => before!), deadline, options),
    ),
  ]);
  const [error] = [
    // A namespace that somebody else created in the meantime will do.
    ...errorsOf(made).filter(({ kind }) => kind !== "exists"),
    ...targets.flatMap((target) => rejected.get(target) ?? []),
    ...errorsOf(given),
  ];
  if (error !== undefined) {
    const secrets = targets.map(wouldFail);
    return { kind: "failed", error, secrets, notRestored: [], namespaces: [] };
  }
  return {
    kind: "written",
    dryRun: true,
    secrets: targets.map(wouldBe),
    namespaces,
    attached: uses.uses,
    hints,
  };

  async function sendAction(
    action: WriteTarget["action"],
    send: (targets: readonly WriteTarget[]) => Promise<ItemOutcome[]>,
  ): Promise<void> {
    const sent = targets.filter((target) =>
      target.action === action && !waiting.has(target.desired.namespace)
    );
    const outcomes = await sendDryRun(sent, send);
    sent.forEach((target, i) => {
      for (const error of errorsOf([outcomes[i]!])) rejected.set(target, error);
    });
  }

  function newOne(target: WriteTarget) {
    return manifestOf(target, writeId);
  }

  function wouldBe(target: WriteTarget): WrittenSecret {
    const { desired, before } = target;
    const written = writtenAs(desired);
    if (target.action === "unchanged") return { ...written, action: "unchanged", changes: [] };
    const action = before === undefined ? "created" : "replaced";
    return { ...written, action, changes: changes(before, newOne(target)) };
  }

  function wouldFail(target: WriteTarget): FailedSecret {
    const otherwise = target.action === "unchanged" ? "would be unchanged" : "would be written";
    return { ...refOf(target.desired), why: rejected.get(target)?.message ?? otherwise };
  }
}

function sendDryRun<Item>(
  items: readonly Item[],
  send: (items: readonly Item[]) => Promise<ItemOutcome[]>,
): Promise<readonly ItemOutcome[]> {
  return sendBatch(items, () => send(items), rethrow);
}

/** A dry run changes nothing, so a bug may end it. */
function rethrow(bug: unknown): never {
  throw bug;
}
