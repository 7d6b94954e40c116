import type { Deadline } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { ItemOutcome, SecretStore } from "../../kube/store.ts";
import { changes } from "../kinds/changes.ts";
import { created, replaced } from "../kinds/kind.ts";
import type { FailedSecret, WriteVerdict, WrittenSecret } from "./verdict.ts";
import type { Planned } from "./planning.ts";
import type { Target } from "./target.ts";

export interface DryRun {
  readonly store: SecretStore;
  readonly writeId: string;
  readonly deadline: Deadline;
}

/**
 * Asks the cluster what it would make of a planned write, admission and quotas included, without
 * changing anything. What it cannot be asked is left to the plan: a secret in a namespace that would
 * have to be made first, and the second half of deleting and creating.
 */
export async function dryRun(planned: Planned, work: DryRun): Promise<WriteVerdict> {
  const { targets, namespaces, uses, hints } = planned;
  const { store, deadline, writeId } = work;
  const options = { dryRun: true };
  const waiting = new Set(namespaces);
  const of = (step: Target["step"]) =>
    targets.filter((target) => target.step === step && !waiting.has(target.desired.namespace));
  const [creates, replaces, recreates] = [of("create"), of("replace"), of("recreate")];
  const attached = uses.uses.filter(({ namespace }) => !waiting.has(namespace));
  const outcomes = (await Promise.all([
    none(namespaces, () => store.createNamespaces(namespaces, deadline, options)),
    none(creates, () => store.create(creates.map(newOne), deadline, options)),
    none(replaces, () => store.replace(replaces.map(newOne), deadline, options)),
    none(recreates, () => store.remove(recreates.map(({ before }) => before!), deadline, options)),
    none(attached, () => store.attach(attached, deadline, options)),
  ])).flat();
  const failed = outcomes.find((outcome) => outcome.kind !== "done");
  if (failed !== undefined) {
    const asked = [...creates, ...replaces, ...recreates];
    const about = outcomes.slice(namespaces.length, namespaces.length + asked.length);
    const secrets = asked.map(({ desired: { namespace, name } }, i): FailedSecret => {
      const outcome = about[i]!;
      const why = outcome.kind === "done" ? "would be written" : outcome.error.message;
      return { namespace, name, why };
    });
    return { kind: "failed", error: failed.error, secrets, notRestored: [], namespaces: [] };
  }
  return {
    kind: "written",
    dryRun: true,
    secrets: targets.map(wouldBe),
    namespaces,
    attached: uses.uses,
    hints,
  };

  function newOne({ before, desired }: Target) {
    return before === undefined ? created(desired, writeId) : replaced(before, desired, writeId);
  }

  function wouldBe(target: Target): WrittenSecret {
    const { desired: { namespace, name }, before, step } = target;
    if (step === "unchanged") return { namespace, name, action: "unchanged", changes: [] };
    const action = before === undefined ? "created" : "replaced";
    return { namespace, name, action, changes: changes(before, newOne(target)) };
  }
}

async function none(
  items: readonly unknown[],
  ask: () => Promise<ItemOutcome[]>,
): Promise<ItemOutcome[]> {
  if (items.length === 0) return [];
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    return items.map(() => ({ kind: "rejected", error }));
  }
}
