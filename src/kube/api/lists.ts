import type { Deadline } from "../deadline.ts";
import {
  fromListed,
  namespacePhase,
  pathOfAll,
  type WireNamespace,
  type WireSecret,
} from "../manifest.ts";
import { accountFromWire, type WireServiceAccount } from "../pull_secrets.ts";
import { doing, errorOf } from "../reasons.ts";
import { repositoryFields } from "../repository_fields.ts";
import type { ListQuery, SecretStore, SecretSummary, ServiceAccount } from "../store.ts";
import type { ApiSend } from "./send.ts";
import {
  ACCOUNT_LIST,
  type AnswerShape,
  NAMESPACE_LIST,
  SECRET_LIST,
  SECRET_TABLE,
} from "../shapes.ts";

/**
 * Requests a Table. With `includeObject=Metadata` its rows have only the objects' metadata, so that the
 * values of the secrets are not transferred.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export const AS_TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

/** Objects per page of a list; kubectl's default. */
const PAGE = 500;

/** Implements the lists of a store, page by page. */
export function apiLists(
  send: ApiSend,
  cluster: string,
): Pick<SecretStore, "list" | "listData" | "namespaces" | "serviceAccounts"> {
  /** @param taken picks the items of each page as it arrives, so that the pages are not kept in memory */
  async function pages<P extends Page, Item>(
    what: string,
    path: string,
    parameters: Readonly<Record<string, string | undefined>>,
    shape: AnswerShape,
    deadline: Deadline,
    taken: (page: P) => readonly Item[],
    accept?: string,
  ): Promise<Item[]> {
    const given = Object.entries(parameters).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]]
    );
    const query = new URLSearchParams([...given, ["limit", String(PAGE)]]);
    const found: Item[][] = [];
    for (let next: string | undefined = ""; next !== undefined;) {
      if (next !== "") query.set("continue", next);
      const request = { method: "GET", path: `${path}?${query}`, accept } as const;
      const answer = await send(request, shape, deadline);
      if (!answer.ok) throw errorOf(cluster, what, answer.report);
      const page = answer.body as P;
      found.push([...taken(page)]);
      next = page.metadata?.continue || undefined;
    }
    return found.flat();
  }

  /** Lists secrets as Tables, without transferring their values. */
  function tables<Item>(
    what: string,
    path: string,
    parameters: Readonly<Record<string, string | undefined>>,
    deadline: Deadline,
    taken: (metadata: Metadata, type: string) => Item,
  ): Promise<Item[]> {
    const metadata = { ...parameters, includeObject: "Metadata" };
    const rows = (table: SecretTable) => rowsOf(table, taken);
    return pages(what, path, metadata, SECRET_TABLE, deadline, rows, AS_TABLE);
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
        const summaries = eachOf((secret: WireSecret) => summaryOfSecret(secret, annotation));
        return await pages(what, path, parameters, SECRET_LIST, deadline, summaries);
      }
      return await tables(
        what,
        path,
        parameters,
        deadline,
        (metadata, type) => summary(metadata, type, annotation),
      );
    },
    async listData({ selector, namespace, type, keys }, deadline) {
      const path = pathOfAll("Secret", namespace);
      const what = doing.list(namespace);
      const parameters = {
        labelSelector: selector,
        fieldSelector: type === undefined ? undefined : `type=${type}`,
      };
      const sealed = (secret: Pick<WireSecret, "metadata" | "type" | "data" | "immutable">) =>
        fromListed({ ...secret, apiVersion: "v1", kind: "Secret" }, keys);
      if (keys?.length !== 0) {
        return await pages(what, path, parameters, SECRET_LIST, deadline, eachOf(sealed));
      }
      return await tables(
        what,
        path,
        parameters,
        deadline,
        (metadata, type) => sealed({ metadata, type }),
      );
    },
    async namespaces(selector, deadline) {
      const what = doing.listNamespaces;
      const parameters = { labelSelector: selector };
      const path = pathOfAll("Namespace");
      const phases = eachOf(({ metadata, status }: WireNamespace) =>
        [metadata.name, namespacePhase(status?.phase)] as const
      );
      return new Map(await pages(what, path, parameters, NAMESPACE_LIST, deadline, phases));
    },
    async serviceAccounts(namespace, deadline) {
      const path = pathOfAll("ServiceAccount", namespace);
      const what = doing.listAccounts(namespace);
      const accounts = eachOf<WireServiceAccount, ServiceAccount>(accountFromWire);
      return await pages(what, path, {}, ACCOUNT_LIST, deadline, accounts);
    },
  };
}

type Metadata = WireSecret["metadata"];

/** One page of a list, with the token of the next page. */
interface Page {
  readonly metadata?: { readonly continue?: string };
}

interface Items<Item> extends Page {
  readonly items?: readonly Item[];
}

/** Maps each object of a page. */
function eachOf<Item, Taken>(take: (item: Item) => Taken) {
  return ({ items }: Items<Item>): Taken[] => (items ?? []).map(take);
}

interface SecretTable extends Page {
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: Metadata };
  }[];
}

type Annotation = ListQuery["annotation"];

/** Maps each row of a Table; the column `Type` has the secret's type. */
function rowsOf<Item>(
  table: SecretTable,
  taken: (metadata: Metadata, type: string) => Item,
): Item[] {
  const column = table.columnDefinitions?.findIndex(({ name }) => name === "Type") ?? -1;
  return (table.rows ?? []).map(({ cells, object }) =>
    taken(object.metadata, String(cells[column] ?? ""))
  );
}

/** The summary of a repository or template secret, with the fields that may be shown. */
function summaryOfSecret(secret: WireSecret, annotation: Annotation): SecretSummary {
  return {
    ...summary(secret.metadata, secret.type ?? "", annotation),
    repository: repositoryFields(secret.data ?? {}),
  };
}

/** Keeps only the requested annotation, since others may contain values. */
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
