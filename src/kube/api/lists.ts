import { decodeBase64Text } from "../base64.ts";
import type { WireSecret } from "../manifest.ts";
import type { RepositoryFields, SecretSummary } from "../store.ts";

/**
 * A Table whose rows carry the objects' metadata only: the values of the secrets do not travel.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export const AS_TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Record<string, string>;
  readonly creationTimestamp: string;
}

export interface SecretTable {
  readonly metadata?: { readonly continue?: string };
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: Metadata };
  }[];
}

/** The summaries in a Table; its column `Type` is a secret's type. */
export function summariesOfTable(table: SecretTable): SecretSummary[] {
  const column = table.columnDefinitions?.findIndex(({ name }) => name === "Type") ?? -1;
  return (table.rows ?? []).map(({ cells, object }) =>
    summary(object.metadata, String(cells[column] ?? ""))
  );
}

export interface SecretList {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly WireSecret[];
}

/** The summaries of repositories and templates, without the values that are not for showing. */
export function summariesOfList(list: SecretList): SecretSummary[] {
  return (list.items ?? []).map((item) => ({
    ...summary(item.metadata as Metadata, item.type ?? ""),
    repository: repositoryFields(item.data ?? {}),
  }));
}

function summary(metadata: Metadata, type: string): SecretSummary {
  const { namespace, name, labels = {}, creationTimestamp } = metadata;
  return { namespace, name, type, creationTimestamp, labels };
}

function repositoryFields(data: Readonly<Record<string, string>>): RepositoryFields {
  const text = (key: keyof RepositoryFields) =>
    data[key] ? { [key]: decodeBase64Text(data[key]) } : {};
  return {
    usernameIsToken: decodeBase64Text(data.password ?? "") === "x-oauth-basic",
    ...text("url"),
    ...text("name"),
    ...text("type"),
    ...text("username"),
    ...text("enableOCI"),
    ...text("project"),
  };
}
