import type { DockerAddedBody, RemovedBody, RepoAddedBody } from "../client/answers.ts";
import type { Counted, Name, View } from "./view.ts";

/** Views of writes and deletions. */

interface Written {
  readonly cluster: string;
  readonly namespace: string;
  /** As in the API: `secret/NAME created (dry run)` */
  readonly output: string;
  readonly changes?: DockerAddedBody["results"][number]["result"]["changes"];
}

const WRITTEN = {
  CLUSTER: ({ cluster }: Written) => cluster,
  NAMESPACE: ({ namespace }: Written) => namespace,
  OBJECT: ({ output }: Written) => objectOf(output),
  RESULT: ({ output }: Written) => stateOf(output),
};

/** The object in an output: `secret/NAME`. */
export const objectOf = (output: string) => output.split(" ", 1)[0]!;

/** The state in an output: `created (dry run)`. */
export const stateOf = (output: string) => output.slice(objectOf(output).length + 1);

/** A missing secret gets a row, and so does what a dry run would change. */
function isExpected({ output }: Written): boolean {
  const state = stateOf(output);
  return /^unchanged\b/.test(state) || !/^not found$| \(dry run\)$/.test(state);
}

/** Nouns of objects other than secrets, for counts. */
const NOUNS: Readonly<Record<string, string>> = {
  namespace: "namespace",
  serviceaccount: "service account",
};

function counted({ output }: Pick<Written, "output">): Counted {
  return { noun: NOUNS[output.split("/", 1)[0]!], state: stateOf(output) };
}

/** A secret by its namespace, and the name in its output. */
const named = (
  { namespace, output }: { readonly namespace: string; readonly output: string },
): Name => ({ namespace, name: objectOf(output).replace(/^secret\//, "") });

/** The changes of a dry run in one cell; none for a new object, where everything is. */
function changesOf({ output, changes = [] }: Written): string | undefined {
  if (changes.length === 0 || / created\b/.test(output)) return undefined;
  return changes.map(({ field, before, after }) =>
    `${field}: ${before ?? "none"} -> ${after ?? "none"}`
  ).join(", ");
}

export const addedDocker: View<DockerAddedBody, Written> = {
  columns: () => WRITTEN,
  wide: { CHANGES: changesOf },
  isExpected,
  rows: dockerRows,
  names: ({ results }) =>
    results.map(({ namespace, result: { output } }) => named({ namespace, output })),
  counted: (body) => dockerRows(body).map(counted),
};

function dockerRows(
  { cluster, results, service_accounts = [], namespaces_created = [], dry_run }: DockerAddedBody,
): Written[] {
  const created = `created${dry_run ? " (dry run)" : ""}`;
  return [
    ...namespaces_created.map((namespace) => ({
      namespace,
      output: `namespace/${namespace} ${created}`,
    })),
    ...results.map(({ namespace, result }) => ({ ...result, namespace })),
    ...service_accounts,
  ].map((each) => ({ ...each, cluster }));
}

export const addedRepo: View<
  RepoAddedBody,
  Written & Omit<RepoAddedBody["results"][number], "namespace">
> = {
  columns: () => ({ ...WRITTEN, REPOURL: (row) => row.application_repo_url }),
  wide: {
    URL: ({ url }) => url,
    TEMPLATE: ({ template }) => template,
    REPOSITORY: ({ repository }) => repository,
    CHANGES: changesOf,
  },
  isExpected,
  rows: ({ cluster, results }) => results.map((each) => ({ ...each, ...each.result, cluster })),
  names: ({ results }) =>
    results.flatMap(({ result, template, repository }) => [
      named(result),
      ...[template, repository].flatMap((name) =>
        name === undefined ? [] : { namespace: result.namespace, name }
      ),
    ]),
  counted: ({ results }) => results.map(({ result }) => counted(result)),
};

export const deleted: View<RemovedBody, Written> = {
  columns: () => WRITTEN,
  isExpected,
  rows: removedRows,
  names: ({ deleted }) => deleted.map(named),
  counted: (body) => removedRows(body).map(counted),
};

function removedRows(
  { cluster, name, deleted, service_accounts = [], not_found = [] }: RemovedBody,
): Written[] {
  return [
    ...deleted,
    ...service_accounts,
    ...not_found.map((namespace) => ({ namespace, output: `secret/${name} not found` })),
  ].map((each) => ({ ...each, cluster }));
}
