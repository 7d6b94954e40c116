import type { KubeError } from "../../kube/errors.ts";
import { type ItemOutcome, refOf } from "../../kube/store.ts";
import { changes } from "../kinds/changes.ts";
import type { FailedSecret, WriteVerdict, WrittenSecret } from "./verdict.ts";
import type { Planned } from "./planning.ts";
import { errorsOf, sendBatch, type Work } from "./settle.ts";
import { manifestOf, type Target, writtenAs } from "./target.ts";

/**
 * Asks the cluster what it would make of a planned write, admission and quotas included, without
 * changing anything. What it cannot be asked is left to the plan: a secret in a namespace that would
 * have to be made first, and the second half of deleting and creating.
 */
export async function dryRun(
  { targets, namespaces, uses, hints }: Planned,
  { store, deadline, writeId }: Pick<Work, "store" | "deadline" | "writeId">,
): Promise<WriteVerdict> {
  const options = { dryRun: true };
  const waiting = new Set(namespaces);
  const attached = uses.uses.filter(({ namespace }) => !waiting.has(namespace));
  const rejected = new Map<Target, KubeError>();
  const [made, given] = await Promise.all([
    ask(namespaces, (names) => store.createNamespaces(names, deadline, options)),
    ask(attached, (uses) => store.attach(uses, deadline, options)),
    about("create", (creates) => store.create(creates.map(newOne), deadline, options)),
    about("replace", (replaces) => store.replace(replaces.map(newOne), deadline, options)),
    about(
      "recreate",
      (recreates) => store.remove(recreates.map(({ before }) => before!), deadline, options),
    ),
  ]);
  const [error] = [
    // A namespace that somebody else has made in the meantime is as good.
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

  async function about(
    step: Target["step"],
    send: (targets: readonly Target[]) => Promise<ItemOutcome[]>,
  ): Promise<void> {
    const asked = targets.filter((target) =>
      target.step === step && !waiting.has(target.desired.namespace)
    );
    const outcomes = await ask(asked, send);
    asked.forEach((target, i) => {
      for (const error of errorsOf([outcomes[i]!])) rejected.set(target, error);
    });
  }

  function newOne(target: Target) {
    return manifestOf(target, writeId);
  }

  function wouldBe(target: Target): WrittenSecret {
    const { desired, before, step } = target;
    const written = writtenAs(desired);
    if (step === "unchanged") return { ...written, action: "unchanged", changes: [] };
    const action = before === undefined ? "created" : "replaced";
    return { ...written, action, changes: changes(before, newOne(target)) };
  }

  function wouldFail(target: Target): FailedSecret {
    const otherwise = target.step === "unchanged" ? "would be unchanged" : "would be written";
    return { ...refOf(target.desired), why: rejected.get(target)?.message ?? otherwise };
  }
}

function ask<Item>(
  items: readonly Item[],
  send: (items: readonly Item[]) => Promise<ItemOutcome[]>,
): Promise<readonly ItemOutcome[]> {
  return sendBatch(items, () => send(items), rethrow);
}

/** Nothing has been changed, so a bug is the caller's to tell. */
function rethrow(fault: unknown): never {
  throw fault;
}
