import type { DockerAdded, Removed, RepoAdded } from "../credentials/answers.ts";
import type { View } from "./view.ts";

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
  RESULT: ({ output }: Written) => output.slice(objectOf(output).length + 1),
};

/** The object in an output. */
export const objectOf = (output: string) => output.split(" ", 1)[0]!;

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
  rows({ cluster, results, service_accounts = [], namespaces_created = [], dry_run }) {
    const created = `created${dry_run ? " (dry run)" : ""}`;
    return [
      ...namespaces_created.map((namespace) => ({
        namespace,
        output: `namespace/${namespace} ${created}`,
      })),
      ...results.map(({ namespace, result }) => ({ ...result, namespace })),
      ...service_accounts,
    ].map((each) => ({ ...each, cluster }));
  },
  names: ({ results }) => results.map(({ result }) => objectOf(result.output)),
};

export const addedRepo: View<RepoAdded, Written & Omit<RepoAdded["results"][number], "namespace">> =
  {
    columns: () => ({ ...WRITTEN, REPOURL: (row) => row.application_repo_url }),
    wide: {
      URL: ({ url }) => url,
      TEMPLATE: ({ template }) => template,
      REPOSITORY: ({ repository }) => repository,
      CHANGES: changesOf,
    },
    rows: ({ cluster, results }) => results.map((each) => ({ ...each, ...each.result, cluster })),
    names: ({ results }) =>
      results.flatMap(({ result, template, repository }) => [
        objectOf(result.output),
        ...[template, repository].flatMap((name) => name === undefined ? [] : `secret/${name}`),
      ]),
  };

export const deleted: View<Removed, Written> = {
  columns: () => WRITTEN,
  rows: ({ cluster, name, deleted, service_accounts = [], not_found = [] }) =>
    [
      ...deleted,
      ...service_accounts,
      ...not_found.map((namespace) => ({ namespace, output: `secret/${name} not found` })),
    ].map((each) => ({ ...each, cluster })),
  names: ({ deleted }) => deleted.map(({ output }) => objectOf(output)),
};
