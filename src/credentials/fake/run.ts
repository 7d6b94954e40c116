import type { FakeCluster } from "../../kube/fake/store.ts";
import type { PullSecretUse, SecretRef, SecretStore } from "../../kube/store.ts";
import type { DesiredSecret } from "../kinds/kind.ts";
import { write, type WriteDeps, type WriteVerdict } from "../write.ts";
import { Locks, type Turns } from "../write/locks.ts";
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
  /** Several are for one look or put-back after the other. @default as `seconds` */
  readonly putBackSeconds?: number | readonly number[];
  readonly locks?: Turns;
  readonly writeId?: string;
  /** Stands between the write and the cluster's store. */
  readonly over?: (store: SecretStore) => SecretStore;
}

/** A verdict, and the bugs that were survived on the way to it. */
export type Ran<Verdict> = Verdict & { readonly faults: readonly unknown[] };

/** Has secrets written to a cluster in memory. */
export async function runWrite(
  cluster: FakeCluster,
  secrets: readonly DesiredSecret[],
  options: RunOptions = {},
): Promise<Ran<WriteVerdict>> {
  const { upsert = true, force = false, createNamespaces = false, attach, dryRun } = options;
  const { deps, faults } = depsOf(cluster, options);
  const verdict = await write({
    secrets,
    permissions: { upsert, force, createNamespaces },
    writeId: options.writeId ?? crypto.randomUUID(),
    attach,
    dryRun,
  }, deps);
  return { ...verdict, faults };
}

/** Has secrets deleted from it. */
export async function runRemove(
  cluster: FakeCluster,
  refs: readonly SecretRef[],
  options: RunOptions = {},
): Promise<Ran<RemoveVerdict>> {
  const { force = false, dryRun } = options;
  const { deps, faults } = depsOf(cluster, options);
  const verdict = await remove({ refs, force, dryRun }, deps);
  return { ...verdict, faults };
}

function depsOf(cluster: FakeCluster, options: RunOptions) {
  const { seconds = 20, putBackSeconds = seconds, locks = new Locks(), over } = options;
  const store = cluster.store();
  const left = [putBackSeconds].flat();
  const faults: unknown[] = [];
  const deps: WriteDeps = {
    store: over === undefined ? store : over(store),
    locks,
    seconds,
    putBackSeconds: () => left.length > 1 ? left.shift()! : left[0]!,
    onFault: (error) => faults.push(error),
    // Short, but time goes by: deadlines are timers.
    pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
  };
  return { deps, faults };
}
