import type { RotationCluster, VerifiedPlace } from "../../fleet/rotation/shapes.ts";
import { shortList } from "../client/table.ts";
import { MOST_PLACES } from "../client/verify_lines.ts";
import { plural } from "../../text/plural.ts";

/** Most clusters that are named. */
const MOST = 5;

/**
 * Why a rotation would be rejected, by its plan.
 * @param flags of the command line
 * @returns sentences without the last full stop; `undefined` if nothing is known against it
 */
export function whyRefused(
  { clusters, verified = [] }: {
    readonly clusters: readonly RotationCluster[];
    readonly verified?: readonly VerifiedPlace[];
  },
  { maxFailures = 0, allowUntried = false }: Readonly<Record<string, unknown>>,
): string | undefined {
  const failed = clusters.filter(({ status }) => status === "failed");
  if (failed.length > Number(maxFailures)) {
    const names = failed.length > MOST ? ["NAME"] : failed.map(({ cluster }) => cluster);
    const excluded = names.map((name) => `!${name}`).join(",");
    return `${plural(failed.length, "cluster")} failed, more than --max-failures ` +
      `${maxFailures}. Leave them out with --cluster '${excluded}', or allow it with ` +
      `--max-failures ${failed.length}`;
  }
  const untested = verified.filter(({ unverifiable }) => unverifiable === true);
  if (untested.length === 0 || allowUntried === true) return undefined;
  return `The new value cannot be verified at ${
    shortList(untested.map(({ at }) => at), MOST_PLACES)
  }. Give --allow-untried to write it there unverified`;
}
