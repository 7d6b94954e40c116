import { namespaceManifest, toWire } from "../manifest.ts";
import { type Accounts, changePullSecrets } from "../pull_secrets.ts";
import { doing } from "../reasons.ts";
import { refKey, type SecretManifest, type SecretStore, type WriteOptions } from "../store.ts";
import { kubectlOf, type KubectlOptions } from "./command.ts";
import { kubectlLists } from "./lists.ts";
import { kubectlReads } from "./reads.ts";
import { kubectlRemovals } from "./removals.ts";
import { kubectlWrites, type WriteItem } from "./writes.ts";

/**
 * A {@link SecretStore} over kubectl: one process a call (one an item for `remove`, two for
 * `attach` and `detach`), manifests on standard input, values never in arguments.
 *
 * Permissions: `--allow-run=kubectl,kill`.
 */
export function kubectlStore(options: KubectlOptions): SecretStore {
  const kubectl = kubectlOf(options);
  const { cluster } = options;
  const { read, readAccounts } = kubectlReads(kubectl, cluster);
  const write = kubectlWrites(kubectl, cluster);

  const accounts = (options: WriteOptions | undefined): Accounts => ({
    cluster,
    read: readAccounts,
    replace: (changed, deadline) =>
      write(
        "replace",
        changed.map((account): WriteItem => {
          const { namespace, name } = account.metadata;
          const ref = { namespace, name };
          return { namespace, key: refKey(ref), doing: doing.useSecrets(ref), wire: () => account };
        }),
        deadline,
        options,
      ),
  });

  return {
    ...kubectlLists(kubectl, cluster),
    read,
    create: (secrets, deadline, options) =>
      write("create", secrets.map((secret) => itemOf("create", secret)), deadline, options),
    replace: (secrets, deadline, options) =>
      write("replace", secrets.map((secret) => itemOf("replace", secret)), deadline, options),
    ...kubectlRemovals(kubectl, cluster),
    createNamespaces: (names, deadline, options) =>
      write("create", names.map(namespaceItem), deadline, options),
    attach: (uses, deadline, options) =>
      changePullSecrets("attach", uses, accounts(options), deadline),
    detach: (uses, deadline, options) =>
      changePullSecrets("detach", uses, accounts(options), deadline),
  };
}

function itemOf(verb: "create" | "replace", secret: SecretManifest): WriteItem {
  const { namespace } = secret;
  const wire = () => toWire(secret);
  return { namespace, key: refKey(secret), doing: doing.write(verb, secret), wire };
}

function namespaceItem(name: string): WriteItem {
  const wire = () => namespaceManifest(name);
  return { namespace: name, key: `/${name}`, doing: doing.createNamespace(name), wire };
}
