import type { SecretStore } from "../store.ts";
import { storeWrites } from "../writes.ts";
import { kubectlOf, type KubectlOptions } from "./command.ts";
import { kubectlLists } from "./lists.ts";
import { kubectlReads } from "./reads.ts";
import { kubectlRemovals } from "./removals.ts";
import { kubectlWrites } from "./writes.ts";

/**
 * A {@link SecretStore} over kubectl, with one process per call (`remove`: one per secret; `attach` and
 * `detach`: two). Manifests are passed on standard input, so values are never in arguments.
 *
 * Permissions: `--allow-run=kubectl,kill`.
 */
export function kubectlStore(options: KubectlOptions): SecretStore {
  const kubectl = kubectlOf(options);
  const { cluster } = options;
  const { read, readAccounts } = kubectlReads(kubectl, cluster);
  return {
    ...kubectlLists(kubectl, cluster),
    ...storeWrites(cluster, kubectlWrites(kubectl, cluster), readAccounts),
    ...kubectlRemovals(kubectl, cluster),
    read,
  };
}
