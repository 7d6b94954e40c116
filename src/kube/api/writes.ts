import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import { deleteOptions, namespaceManifest, secretPath, toWire } from "../manifest.ts";
import { accountPath, type Accounts } from "../pull_secrets.ts";
import { doing, notDone } from "../reasons.ts";
import type { ItemOutcome, SecretManifest, SecretStore, WriteOptions } from "../store.ts";
import type { ApiClient } from "./client.ts";
import { AT_ONCE } from "./reads.ts";
import { objectShape, removedShape, type Shape, writtenShape } from "../shapes.ts";

/** One object that is written by one request. */
interface Write {
  readonly method: "POST" | "PUT";
  readonly path: string;
  /** Called once: values are in the open in it. */
  readonly wire: () => unknown;
  /** What it is to be answered with. */
  readonly shape: Shape;
  /** For messages: "create secret 'a' in namespace 'b'". */
  readonly doing: string;
  /** Of a namespace: its own name. */
  readonly namespace: string;
}

export interface ApiWrites
  extends Pick<SecretStore, "create" | "replace" | "remove" | "createNamespaces"> {
  replaceAccounts(options: WriteOptions | undefined): Accounts["replace"];
}

/** What changes objects, a request each. */
export function apiWrites(call: ApiClient["call"], cluster: string): ApiWrites {
  async function write(
    writes: readonly Write[],
    deadline: Deadline,
    { dryRun = false }: WriteOptions = {},
  ): Promise<ItemOutcome[]> {
    const query = `fieldManager=argocd-configurer${dryRun ? "&dryRun=All" : ""}`;
    return await pLimit(AT_ONCE).map(writes, async (one): Promise<ItemOutcome> => {
      const { method, path, shape, wire, doing } = one;
      const body = JSON.stringify(wire());
      const answer = await call(
        { method, path: `${path}?${query}`, body },
        writtenShape(shape, dryRun),
        deadline,
      );
      if (!answer.ok) return notDone(cluster, doing, answer.report, one);
      const { metadata } = answer.body as Written;
      return {
        kind: "done",
        uid: metadata.uid ?? "",
        resourceVersion: metadata.resourceVersion ?? "",
      };
    });
  }

  return {
    create: (secrets, deadline, options) =>
      write(
        secrets.map((secret) => ({
          ...writeOf("create", secret),
          method: "POST",
          path: `/api/v1/namespaces/${secret.namespace}/secrets`,
        })),
        deadline,
        options,
      ),
    replace: (secrets, deadline, options) =>
      write(
        secrets.map((secret) => ({
          ...writeOf("replace", secret),
          method: "PUT",
          path: secretPath(secret),
        })),
        deadline,
        options,
      ),
    async remove(removals, deadline, options = {}) {
      return await pLimit(AT_ONCE).map(removals, async (removal): Promise<ItemOutcome> => {
        const { uid, resourceVersion } = removal;
        const body = JSON.stringify(deleteOptions(removal, options));
        const answer = await call(
          { method: "DELETE", path: secretPath(removal), body },
          removedShape(removal),
          deadline,
        );
        if (answer.ok) return { kind: "done", uid, resourceVersion };
        return notDone(cluster, doing.write("delete", removal), answer.report, removal);
      });
    },
    createNamespaces: (names, deadline, options) =>
      write(
        names.map((name) => ({
          method: "POST",
          path: "/api/v1/namespaces",
          shape: objectShape("Namespace", { name }),
          wire: () => namespaceManifest(name),
          doing: doing.createNamespace(name),
          namespace: name,
        })),
        deadline,
        options,
      ),
    replaceAccounts: (options) => (accounts, deadline) =>
      write(
        accounts.map((account) => ({
          method: "PUT",
          path: accountPath(account.metadata),
          shape: objectShape("ServiceAccount", account.metadata),
          wire: () => account,
          doing: doing.useSecrets(account.metadata),
          namespace: account.metadata.namespace,
        })),
        deadline,
        options,
      ),
  };
}

interface Written {
  readonly metadata: { readonly uid?: string; readonly resourceVersion?: string };
}

function writeOf(
  verb: "create" | "replace",
  secret: SecretManifest,
): Pick<Write, "wire" | "shape" | "doing" | "namespace"> {
  const { namespace } = secret;
  return {
    wire: () => toWire(secret),
    shape: objectShape("Secret", secret),
    doing: doing.write(verb, secret),
    namespace,
  };
}
