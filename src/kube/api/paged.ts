import type { Deadline } from "../deadline.ts";
import { namespacePhase, type WireNamespace } from "../manifest.ts";
import { accountFromWire, type WireServiceAccount } from "../pull_secrets.ts";
import { doing, errorOf } from "../reasons.ts";
import type { SecretStore } from "../store.ts";
import type { ApiClient } from "./client.ts";
import {
  AS_TABLE,
  type Page,
  type SecretList,
  type SecretTable,
  summariesOfList,
  summariesOfTable,
} from "./lists.ts";
import { ACCOUNT_LIST, NAMESPACE_LIST, SECRET_LIST, SECRET_TABLE, type Shape } from "../shapes.ts";

/** Objects in one page of a list: kubectl's number. */
const PAGE = 500;

/** What is listed, page by page. */
export function apiLists(
  call: ApiClient["call"],
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
      const answer = await call(
        { method: "GET", path: `${path}?${query}` },
        shape,
        deadline,
        accept,
      );
      if (!answer.ok) throw errorOf(cluster, what, answer.report);
      const page = answer.body as P;
      found.push(page);
      next = page.metadata?.continue || undefined;
    }
    return found;
  }

  return {
    async list({ selector, name, namespace, annotation, repository = false }, deadline) {
      const path = `/api/v1${scope(namespace)}/secrets`;
      const what = doing.list(namespace);
      const parameters = {
        labelSelector: selector,
        fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
      };
      if (repository) {
        const lists = await pages<SecretList>(what, path, parameters, SECRET_LIST, deadline);
        return lists.flatMap((list) => summariesOfList(list, annotation));
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
      const lists = await pages<Items<WireNamespace>>(
        what,
        "/api/v1/namespaces",
        parameters,
        NAMESPACE_LIST,
        deadline,
      );
      const found = lists.flatMap(({ items }) => items ?? []);
      return new Map(
        found.map(({ metadata, status }) => [metadata.name, namespacePhase(status?.phase)]),
      );
    },
    async serviceAccounts(namespace, deadline) {
      const path = `/api/v1${scope(namespace)}/serviceaccounts`;
      const what = doing.listAccounts(namespace);
      const lists = await pages<Items<WireServiceAccount>>(what, path, {}, ACCOUNT_LIST, deadline);
      return lists.flatMap(({ items }) => items ?? []).map(accountFromWire);
    },
  };
}

interface Items<Item> extends Page {
  readonly items?: readonly Item[];
}

function scope(namespace: string | undefined): string {
  return namespace === undefined ? "" : `/namespaces/${namespace}`;
}
