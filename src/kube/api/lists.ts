import type { WireSecret } from "../manifest.ts";
import { repositoryFields } from "../repository_fields.ts";
import type { ListQuery, SecretSummary } from "../store.ts";

/**
 * A Table whose rows carry the objects' metadata only: the values of the secrets do not travel.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export const AS_TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly creationTimestamp: string;
}

/** Part of a list, with where the next one begins. */
export interface Page {
  readonly metadata?: { readonly continue?: string };
}

export interface SecretTable extends Page {
  readonly columnDefinitions?: readonly { readonly name: string }[];
  readonly rows?: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: Metadata };
  }[];
}

type Annotation = ListQuery["annotation"];

/** The summaries in a Table; its column `Type` is a secret's type. */
export function summariesOfTable(table: SecretTable, annotation: Annotation): SecretSummary[] {
  const column = table.columnDefinitions?.findIndex(({ name }) => name === "Type") ?? -1;
  return (table.rows ?? []).map(({ cells, object }) =>
    summary(object.metadata, String(cells[column] ?? ""), annotation)
  );
}

export interface SecretList extends Page {
  readonly items?: readonly WireSecret[];
}

/** The summaries of repositories and templates, without the values that are not for showing. */
export function summariesOfList(list: SecretList, annotation: Annotation): SecretSummary[] {
  return (list.items ?? []).map((item) => ({
    ...summary(item.metadata as Metadata, item.type ?? "", annotation),
    repository: repositoryFields(item.data ?? {}),
  }));
}

/** Of the annotations only the one that was asked for is kept: others may hold values. */
function summary(metadata: Metadata, type: string, key: Annotation): SecretSummary {
  const { namespace, name, labels = {}, creationTimestamp } = metadata;
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
