import { namespaceManifest, type ObjectKind, toWire } from "./manifest.ts";
import { type Accounts, changePullSecrets } from "./pull_secrets.ts";
import { doing } from "./reasons.ts";
import { type Batch, refOf, type SecretStore } from "./store.ts";

/** One object to write, for either transport. */
export interface WriteItem {
  readonly kind: ObjectKind;
  /** The object's namespace; the namespace's own name when the object is one. */
  readonly namespace: string;
  readonly name: string;
  /** For messages: "create secret web/ghcr". */
  readonly doing: string;
  /** The object as in the API, with unsealed values; called once, when it is sent. */
  readonly wire: () => unknown;
}

/** Writes objects. @throws {KubeError} when nothing was sent */
export type WriteItems = (
  verb: "create" | "replace",
  ...batch: Parameters<Batch<WriteItem>>
) => ReturnType<Batch<WriteItem>>;

/** Implements the writes of a store, except removals, by writing objects. */
export function storeWrites(
  cluster: string,
  write: WriteItems,
  readAccounts: Accounts["read"],
): Pick<SecretStore, "create" | "replace" | "createNamespaces" | "attach" | "detach"> {
  const secrets = (verb: "create" | "replace"): SecretStore["create"] => (secrets, ...rest) =>
    write(
      verb,
      secrets.map((secret) => ({
        kind: "Secret",
        ...refOf(secret),
        doing: doing.write(verb, secret),
        wire: () => toWire(secret),
      })),
      ...rest,
    );
  const accounts =
    (verb: "attach" | "detach"): SecretStore["attach"] => (uses, deadline, options) => {
      const replace: Accounts["replace"] = (accounts, deadline) =>
        write(
          "replace",
          accounts.map((account) => ({
            kind: "ServiceAccount",
            ...refOf(account.metadata),
            doing: doing.useSecrets(account.metadata),
            wire: () => account,
          })),
          deadline,
          options,
        );
      return changePullSecrets(verb, uses, { cluster, read: readAccounts, replace }, deadline);
    };
  return {
    create: secrets("create"),
    replace: secrets("replace"),
    createNamespaces: (names, ...rest) =>
      write(
        "create",
        names.map((name) => ({
          kind: "Namespace",
          namespace: name,
          name,
          doing: doing.createNamespace(name),
          wire: () => namespaceManifest(name),
        })),
        ...rest,
      ),
    attach: accounts("attach"),
    detach: accounts("detach"),
  };
}
