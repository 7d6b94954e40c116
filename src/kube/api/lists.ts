import type { Deadline } from "../deadline.ts";
import { namespacePhase, pathOfAll, type WireNamespace, type WireSecret } from "../manifest.ts";
import { accountFromWire, type WireServiceAccount } from "../pull_secrets.ts";
import { doing, errorOf } from "../reasons.ts";
import { repositoryFields } from "../repository_fields.ts";
import type { ListQuery, SecretStore, SecretSummary } from "../store.ts";
import type { Send } from "./send.ts";
import { ACCOUNT_LIST, NAMESPACE_LIST, SECRET_LIST, SECRET_TABLE, type Shape } from "../shapes.ts";

/**
 * A Table whose rows carry the objects' metadata only: the values of the secrets do not travel.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export const AS_TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

/** Objects in one page of a list: kubectl's number. */
const PAGE = 500;

/** What is listed, page by page. */
export function apiLists(
  send: Send,
  cluster: string,
): Pick<SecretStore, "list" | "namespaces" | "serviceAccounts"> {
  async function pages<P extends Page>(
    what: string,
    path: string,
    parameters: Readonly<Record<string, string | undefined>>,
    shape: Shape,
    deadline: Deadline,
    accept?: string,
  ): Promise<P[]> {
    const given = Object.entries(parameters).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]]
    );
    const query = new URLSearchParams([...given, ["limit", String(PAGE)]]);
    const found: P[] = [];
    for (let next: string | undefined = ""; next !== undefined;) {
      if (next !== "") query.set("continue", next);
      const request = { method: "GET", path: `${path}?${query}`, accept } as const;
      const answer = await send(request, shape, deadline);
      if (!answer.ok) throw errorOf(cluster, what, answer.report);
      const page = answer.body as P;
      found.push(page);
      next = page.metadata?.continue || undefined;
    }
    return found;
  }

  return {
    async list({ selector, name, namespace, annotation, repository = false }, deadline) {
      const path = pathOfAll("Secret", namespace);
      const what = doing.list(namespace);
      const parameters = {
        labelSelector: selector,
        fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
      };
      if (repository) {
        const lists = await pages<Items<WireSecret>>(what, path, parameters, SECRET_LIST, deadline);
        return itemsOf(lists).map((secret) => summaryOfSecret(secret, annotation));
      }
      const metadata = { ...parameters, includeObject: "Metadata" };
      const tables = await pages<SecretTable>(
        what,
        path,
        metadata,
        SECRET_TABLE,
        deadline,
        AS_TABLE,
      );
      return tables.flatMap((table) => summariesOfTable(table, annotation));
    },
    async namespaces(selector, deadline) {
      const what = doing.listNamespaces;
      const parameters = { labelSelector: selector };
      const path = pathOfAll("Namespace");
      const found = itemsOf(
        await pages<Items<WireNamespace>>(what, path, parameters, NAMESPACE_LIST, deadline),
      );
      return new Map(
        found.map(({ metadata, status }) => [metadata.name, namespacePhase(status?.phase)]),
      );
    },
    async serviceAccounts(namespace, deadline) {
      const path = pathOfAll("ServiceAccount", namespace);
      const what = doing.listAccounts(namespace);
      const lists = await pages<Items<WireServiceAccount>>(what, path, {}, ACCOUNT_LIST, deadline);
      return itemsOf(lists).map(accountFromWire);
    },
  };
}

type Metadata = WireSecret["metadata"];

/** Part of a list, with where the next one begins. */
interface Page {
  readonly metadata?: { readonly continue?: string };
}

interface Items<Item> extends Page {
  readonly items?: readonly Item[];
}

function itemsOf<Item>(lists: readonly Items<Item>[]): Item[] {
  return lists.flatMap(({ items }) => items ?? []);
}

interface SecretTable extends Page {
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: Metadata };
  }[];
}

type Annotation = ListQuery["annotation"];

/** The summaries in a Table; its column `Type` is a secret's type. */
function summariesOfTable(table: SecretTable, annotation: Annotation): SecretSummary[] {
  const column = table.columnDefinitions?.findIndex(({ name }) => name === "Type") ?? -1;
  return (table.rows ?? []).map(({ cells, object }) =>
    summary(object.metadata, String(cells[column] ?? ""), annotation)
  );
}

/** The summary of a repository or template, without the values that are not for showing. */
function summaryOfSecret(secret: WireSecret, annotation: Annotation): SecretSummary {
  return {
    ...summary(secret.metadata, secret.type ?? "", annotation),
    repository: repositoryFields(secret.data ?? {}),
  };
}

/** Of the annotations only the one that was asked for is kept: others may hold values. */
function summary(metadata: Metadata, type: string, key: Annotation): SecretSummary {
  const { namespace, name, labels = {}, creationTimestamp = "" } = metadata;
  const annotation = key === undefined ? undefined : metadata.annotations?.[key];
  return {
    namespace,
    name,
    type,
    creationTimestamp,
    labels,
    ...(annotation === undefined ? {} : { annotation }),
  };
}
