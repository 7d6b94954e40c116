import type { DockerAdded, Removed, RepoAdded } from "../client/answers.ts";
import type { Counted, Name, View } from "./view.ts";

/** Views of what is done to objects of a cluster. */

interface Written {
  readonly cluster: string;
  readonly namespace: string;
  /** As the API says it: `secret/NAME created (dry run)` */
  readonly output: string;
  readonly changes?: DockerAdded["results"][number]["result"]["changes"];
}

const WRITTEN = {
  CLUSTER: ({ cluster }: Written) => cluster,
  NAMESPACE: ({ namespace }: Written) => namespace,
  OBJECT: ({ output }: Written) => objectOf(output),
  RESULT: ({ output }: Written) => stateOf(output),
};

/** The object in an output. */
export const objectOf = (output: string) => output.split(" ", 1)[0]!;

/** What became of it. */
export const stateOf = (output: string) => output.slice(objectOf(output).length + 1);

/** What is not there is worth a row, and so is what a dry run would change. */
function isAsWished({ output }: Written): boolean {
  const state = stateOf(output);
  return /^unchanged\b/.test(state) || !/^not found$| \(dry run\)$/.test(state);
}

/** Kinds of objects besides secrets, as they are counted. */
const NOUNS: Readonly<Record<string, string>> = {
  namespace: "namespace",
  serviceaccount: "service account",
};

function counted({ output }: Pick<Written, "output">): Counted {
  return { noun: NOUNS[output.split("/", 1)[0]!], state: stateOf(output) };
}

/** A secret by where it is, and what the API says of it. */
const named = (
  { namespace, output }: { readonly namespace: string; readonly output: string },
): Name => ({ namespace, name: objectOf(output).replace(/^secret\//, "") });

/** What a dry run says would be another value, in one cell; all is, of what would be created. */
function changesOf({ output, changes = [] }: Written): string | undefined {
  if (changes.length === 0 || / created\b/.test(output)) return undefined;
  return changes.map(({ field, before, after }) =>
    `${field}: ${before ?? "none"} -> ${after ?? "none"}`
  ).join(", ");
}

export const addedDocker: View<DockerAdded, Written> = {
  columns: () => WRITTEN,
  wide: { CHANGES: changesOf },
  isAsWished,
  rows: dockerRows,
  names: ({ results }) =>
    results.map(({ namespace, result: { output } }) => named({ namespace, output })),
  counted: (body) => dockerRows(body).map(counted),
};

function dockerRows(
  { cluster, results, service_accounts = [], namespaces_created = [], dry_run }: DockerAdded,
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

export const addedRepo: View<RepoAdded, Written & Omit<RepoAdded["results"][number], "namespace">> =
  {
    columns: () => ({ ...WRITTEN, REPOURL: (row) => row.application_repo_url }),
    wide: {
      URL: ({ url }) => url,
      TEMPLATE: ({ template }) => template,
      REPOSITORY: ({ repository }) => repository,
      CHANGES: changesOf,
    },
    isAsWished,
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

export const deleted: View<Removed, Written> = {
  columns: () => WRITTEN,
  isAsWished,
  rows: removedRows,
  names: ({ deleted }) => deleted.map(named),
  counted: (body) => removedRows(body).map(counted),
};

function removedRows(
  { cluster, name, deleted, service_accounts = [], not_found = [] }: Removed,
): Written[] {
  return [
    ...deleted,
    ...service_accounts,
    ...not_found.map((namespace) => ({ namespace, output: `secret/${name} not found` })),
  ].map((each) => ({ ...each, cluster }));
}
