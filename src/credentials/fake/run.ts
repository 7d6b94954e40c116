import type { FakeCluster } from "../../kube/fake/store.ts";
import type { PullSecretUse, SecretRef, SecretStore } from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/desired_secret.ts";
import { write, type WriteDeps, type WriteVerdict } from "../write.ts";
import { type KeyLocks, Locks } from "../write/locks.ts";
import { remove, type RemoveVerdict } from "../write/removal.ts";

export interface RunOptions {
  /** @default true */
  readonly upsert?: boolean;
  readonly force?: boolean;
  readonly createNamespaces?: boolean;
  readonly attach?: readonly PullSecretUse[];
  readonly dryRun?: boolean;
  /** @default 20 */
  readonly seconds?: number;
  /** An array has the limits of one read or rollback after the other. @default `seconds` */
  readonly rollbackSeconds?: number | readonly number[];
  readonly locks?: KeyLocks;
  readonly writeId?: string;
  /** Wraps the cluster's store. */
  readonly over?: (store: SecretStore) => SecretStore;
}

/** A verdict, and the bugs that the write survived. */
export type Ran<Verdict> = Verdict & { readonly bugs: readonly unknown[] };

/** Writes secrets to an in-memory cluster. */
export async function runWrite(
  cluster: FakeCluster,
  secrets: readonly DesiredSecret[],
  options: RunOptions = {},
): Promise<Ran<WriteVerdict>> {
  const { upsert = true, force = false, createNamespaces = false, attach, dryRun } = options;
  const { deps, bugs } = depsOf(cluster, options);
  const verdict = await write({
    secrets,
    policy: { upsert, force, createNamespaces },
    writeId: options.writeId ?? crypto.randomUUID(),
    attach,
    dryRun,
  }, deps);
  return { ...verdict, bugs };
}

/** Deletes secrets from an in-memory cluster. */
export async function runRemove(
  cluster: FakeCluster,
  refs: readonly SecretRef[],
  options: RunOptions = {},
): Promise<Ran<RemoveVerdict>> {
  const { force = false, dryRun } = options;
  const { deps, bugs } = depsOf(cluster, options);
  const verdict = await remove({ refs, force, dryRun }, deps);
  return { ...verdict, bugs };
}

function depsOf(cluster: FakeCluster, options: RunOptions) {
  const { seconds = 20, rollbackSeconds = seconds, locks = new Locks(), over } = options;
  const store = cluster.store();
  const left = [rollbackSeconds].flat();
  const bugs: unknown[] = [];
  const deps: WriteDeps = {
    store: over === undefined ? store : over(store),
    locks,
    seconds,
    rollbackSeconds: () => left.length > 1 ? left.shift()! : left[0]!,
    onBug: (error) => bugs.push(error),
    // A short but real pause, since deadlines are timers.
    pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
  };
  return { deps, bugs };
}
