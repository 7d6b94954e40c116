import type { RepoAdded } from "./answers.ts";
import { carryOut, clustersOf, type View } from "./carry_out.ts";
import { writeFields, type WriteFlags, writeGiven } from "./docker_add.ts";
import { repoFields, type RepoFlags, repoGiven } from "./repo_credential.ts";
import { requireFields } from "./required.ts";
import { changesOf, objectOf, WRITTEN_COLUMNS, writtenCells } from "./written_rows.ts";

export type RepoAddFlags = WriteFlags & RepoFlags & {
  readonly type?: "git" | "helm" | "oci";
  readonly as?: "repository" | "repo-creds";
  readonly repositoryName?: string;
  readonly project?: string;
  readonly template?: boolean;
  readonly forceBasicAuth?: boolean;
  readonly enableLfs?: boolean;
  readonly depth?: number;
};

/** Writes credentials of repositories for the Argo CD of clusters. */
export async function repoAdd(flags: RepoAddFlags): Promise<number> {
  const clusters = clustersOf(flags.cluster);
  requireFields({
    ...writeGiven(flags, clusters),
    type: flags.type !== undefined,
    ...repoGiven(flags),
  });
  const fields = {
    ...writeFields(flags),
    type: flags.type,
    as: flags.as,
    ...await repoFields(flags),
    repository_name: flags.repositoryName,
    project: flags.project,
    template: flags.template,
    force_basic_auth: flags.forceBasicAuth,
    enable_lfs: flags.enableLfs,
    depth: flags.depth,
  };
  const view: View = {
    fields: { names: ["cluster", ...Object.keys(fields)] },
    columns: [...WRITTEN_COLUMNS, "REPOURL"],
    wideColumns: ["URL", "TEMPLATE", "REPOSITORY", "CHANGES"],
    rows({ body }) {
      const { cluster, results } = body as RepoAdded;
      return results.map(({ result, url, template, repository, application_repo_url }) => [
        ...writtenCells(cluster, result.namespace, result.output),
        application_repo_url,
        url,
        template,
        repository,
        changesOf(result),
      ]);
    },
    names: ({ body }) =>
      (body as RepoAdded).results.flatMap(({ result, template, repository }) => [
        objectOf(result.output),
        ...(template === undefined ? [] : [`secret/${template}`]),
        ...(repository === undefined ? [] : [`secret/${repository}`]),
      ]),
  };
  return await carryOut(flags, "write", clusters, (cluster) => ({
    method: "POST",
    path: "/repositories",
    body: { cluster, ...fields },
  }), view);
}
