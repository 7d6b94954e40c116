import { Failure } from "../failure.ts";
import { askYes, isTerminal } from "./ask.ts";
import type { Removed } from "./answers.ts";
import { carryOut, clustersOf, type View } from "./carry_out.ts";
import type { ProgramFlags } from "./open_api.ts";
import type { DryRun } from "./words.ts";
import { objectOf, WRITTEN_COLUMNS, writtenCells } from "./written_rows.ts";

export type DeleteFlags = ProgramFlags & {
  readonly cluster?: readonly string[];
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
  if (second !== undefined && flags.cluster !== undefined) {
    throw new Failure("Give CLUSTER or --cluster, not both", 2);
  }
  if (second === undefined && flags.cluster === undefined) {
    throw new Failure("Missing NAME (delete CLUSTER NAME), or --cluster", 2);
  }
  const name = second ?? first;
  const clusters = second === undefined ? clustersOf(flags.cluster) : [first];
  const { namespaces, dryRun = "none" } = flags;
  if (dryRun === "none" && !flags.yes && !await isWanted(name, clusters, namespaces)) return 1;
  return await carryOut(flags, "write", clusters, (cluster) => ({
    method: "DELETE",
    path: "/secrets",
    query: {
      cluster,
      name,
      namespaces: namespaces?.join(","),
      force: flags.force ? "true" : undefined,
      dry_run: dryRun === "server" ? "true" : undefined,
    },
  }), VIEW);
}

/** @throws {Failure} when nobody can be asked */
async function isWanted(
  name: string,
  clusters: readonly (string | undefined)[],
  namespaces: readonly string[] | undefined,
): Promise<boolean> {
  if (!isTerminal()) {
    throw new Failure("Cannot ask whether to delete: there is no terminal; give --yes", 2);
  }
  const where = namespaces === undefined ? "all its namespaces" : namespaces.join(", ");
  return await askYes(`Delete secret '${name}' from ${where} of ${clusters.join(", ")}?`);
}
