import type { RotationCluster, TriedPlace } from "../../fleet/rotation/shapes.ts";
import { plural } from "../plural.ts";
import { some } from "../client/tried.ts";

/** Most clusters that are named. */
const MOST = 5;

/**
 * Why a rotation would surely be refused, by its plan.
 * @param flags of the command line
 * @returns a clause without a full stop; `undefined` where nothing is known against it
 */
export function whyRefused(
  { clusters, verified = [] }: {
    readonly clusters: readonly RotationCluster[];
    readonly verified?: readonly TriedPlace[];
  },
  { maxFailures = 0, allowUntried = false }: Readonly<Record<string, unknown>>,
): string | undefined {
  const unseen = clusters.filter(({ status }) => status === "failed");
  if (unseen.length > Number(maxFailures)) {
    const those = plural(unseen.length, "cluster");
    const out = unseen.length > MOST
      ? "leave them out by --cluster '!NAME'"
      : `leave out by --cluster '${unseen.map(({ cluster }) => `!${cluster}`).join(",")}'`;
    return `${those} could not be seen, more than --max-failures ${maxFailures}: ${out}, or allow ` +
      `it with --max-failures ${unseen.length}`;
  }
  const untried = verified.filter(({ untriable }) => untriable === true);
  if (untried.length === 0 || allowUntried === true) return undefined;
  return `the new value cannot be tried at ${some(untried.map(({ at }) => at))}: give ` +
    "--allow-untried to write it there untried";
}
