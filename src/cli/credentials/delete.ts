import { Failure } from "../failure.ts";
import { isTerminal } from "./ask.ts";
import type { Removed } from "./answers.ts";
import { carryOut, clustersOf, type View } from "./carry_out.ts";
import { lookBeforeDelete } from "./look_before_delete.ts";
import type { ProgramFlags } from "./open_api.ts";
import type { ApiRequest } from "./request.ts";
import type { DryRun } from "./words.ts";
import { objectOf, WRITTEN_COLUMNS, writtenCells } from "./written_rows.ts";

export type DeleteFlags = ProgramFlags & {
  readonly cluster?: readonly string[];
  readonly allClusters?: boolean;
  readonly namespaces?: readonly string[];
  readonly force?: boolean;
  readonly dryRun?: DryRun;
  /** Whether it is not asked for a yes. */
  readonly yes?: boolean;
};

const VIEW: View = {
  fields: { names: [], places: { cluster: "CLUSTER", name: "NAME" } },
  columns: WRITTEN_COLUMNS,
  wideColumns: [],
  rows({ body }) {
    const { cluster, name, deleted, service_accounts = [], not_found = [] } = body as Removed;
    return [
      ...deleted.map(({ namespace, output }) => writtenCells(cluster, namespace, output)),
      ...service_accounts.map(({ namespace, output }) => writtenCells(cluster, namespace, output)),
      ...not_found.map((namespace) => [cluster, namespace, `secret/${name}`, "not found"]),
    ];
  },
  names: ({ body }) => (body as Removed).deleted.map(({ output }) => objectOf(output)),
};

/** Deletes a credential: `CLUSTER NAME`, or `NAME` with `--cluster`. */
export async function deleteSecret(
  flags: DeleteFlags,
  first: string,
  second?: string,
): Promise<number> {
  const areFlags = flags.cluster !== undefined || flags.allClusters === true;
  if (second !== undefined && areFlags) {
    throw new Failure("Give CLUSTER or --cluster or --all-clusters, not both", 2);
  }
  if (second === undefined && !areFlags) {
    throw new Failure("Missing NAME (delete CLUSTER NAME), or --cluster, or --all-clusters", 2, {
      isInHelp: true,
    });
  }
  const name = second ?? first;
  const clusters = second === undefined ? clustersOf(flags.cluster) : [first];
  const { namespaces, dryRun = "none" } = flags;
  const requestFor = (cluster: string | undefined, isTried: boolean): ApiRequest => ({
    method: "DELETE",
    path: "/secrets",
    query: {
      cluster,
      name,
      namespaces: namespaces?.join(","),
      force: flags.force ? "true" : undefined,
      dry_run: isTried ? "true" : undefined,
    },
  });
  const isAsked = dryRun === "none" && !flags.yes;
  if (isAsked && !isTerminal()) {
    throw new Failure("Cannot ask whether to delete: there is no terminal; give --yes", 2);
  }
  return await carryOut(
    flags,
    "write",
    clusters,
    (cluster) => requestFor(cluster, dryRun === "server"),
    VIEW,
    isAsked ? lookBeforeDelete((cluster) => requestFor(cluster, true), VIEW.fields) : undefined,
  );
}
