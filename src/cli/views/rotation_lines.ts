import type { RotatedSecret, RotationCluster, ValuePlace } from "../../fleet/rotation/shapes.ts";
import type { RotationBody } from "./rotation_notes.ts";
import { remedyInFlags } from "./rotation_remedy.ts";
import { stateOf } from "./written.ts";

/** A row of a rotation's table: a secret, or equal ones on several clusters. */
export interface RotationLine {
  readonly clusters: string;
  /** `NAMESPACE/NAME` */
  readonly secret: string;
  readonly keys: string;
  readonly result: string;
  readonly reason?: string;
  readonly remedy?: string;
}

/** With more rows than this, equal rows of several clusters are merged. */
const MOST = 50;

/**
 * The rows of a rotation or its plan: secrets, and where else the old value remains.
 * @param flags of the command line; `-o wide` shows unchanged secrets, too, and merges no rows
 */
export function rotationLines(
  { clusters, old_value, dry_run }: RotationBody,
  flags: Readonly<Record<string, unknown>>,
): RotationLine[] {
  const isWide = flags.output === "wide";
  // Without --dry-run, a plan is what the prompt is about.
  const isPrompted = dry_run === true && flags.dryRun === undefined;
  const all = clusters.flatMap(({ cluster, secrets, left }): RotationLine[] => [
    ...secrets.filter((each) => isWide || !isUnchanged(each)).map((each) => ({
      ...lineOf(cluster, each),
      result: isPrompted ? stateOf(each.output).replace(DRY, "to be $1") : stateOf(each.output),
    })),
    ...left.map((each) => ({
      ...lineOf(cluster, each),
      result: "not rotated",
      reason: each.message,
      remedy: remedyInFlags(each.remedy),
    })),
  ]);
  const known = new Set(all.filter(({ result }) => result === "not rotated").map(placeOf));
  const others = (dry_run ? [] : old_value?.places ?? [])
    .map((each) => remaining(each, clusters, flags))
    .filter((each) => !known.has(placeOf(each)));
  const lines = [...all, ...distinct(others)];
  return isWide || lines.length <= MOST ? lines : merged(lines);
}

/** A change in a dry run. */
const DRY = /^(\w+) \(dry run\)$/;

const isUnchanged = ({ output }: RotatedSecret) => /^unchanged\b/.test(stateOf(output));

const lineOf = (
  clusters: string,
  { namespace, name, keys = [] }: Pick<RotatedSecret, "namespace" | "name"> & {
    keys?: readonly string[];
  },
) => ({ clusters, secret: `${namespace}/${name}`, keys: keys.join(", ") });

const placeOf = ({ clusters, secret }: RotationLine) => `${clusters}/${secret}`;

/** A place with the old value that the rotation did not process. */
function remaining(
  place: ValuePlace,
  clusters: readonly RotationCluster[],
  flags: Readonly<Record<string, unknown>>,
): RotationLine {
  const { cluster, key, registry, ...secret } = place;
  return {
    ...lineOf(cluster, { ...secret, keys: [registry ?? key] }),
    result: "old value remains",
    reason: whyRemains(place, clusters, flags),
  };
}

/** The reason, as far as the answer has it. */
function whyRemains(
  { cluster, key }: ValuePlace,
  clusters: readonly RotationCluster[],
  { everywhere = false }: Readonly<Record<string, unknown>>,
): string {
  const own = clusters.find((each) =>
    each.cluster === cluster || each.same_server_as?.includes(cluster)
  );
  if (own === undefined) return "cluster not selected";
  if (own.status === "failed") return "cluster failed";
  if (own.status === "not_begun") return "cluster was skipped";
  return PULL_KEYS.includes(key) && everywhere !== true
    ? "no docker label, or written during the rotation. Give --everywhere"
    : "not selected by the request, or written during the rotation";
}

/** Data keys of pull secrets. */
const PULL_KEYS: readonly string[] = [".dockerconfigjson", ".dockercfg"];

const distinct = (lines: readonly RotationLine[]): RotationLine[] => [
  ...new Map(lines.map((each) => [JSON.stringify(each), each])).values(),
];

/** Merges equal rows of several clusters: `prod-1 and 11 more`. */
function merged(lines: readonly RotationLine[]): RotationLine[] {
  const groups = Map.groupBy(lines, ({ clusters: _, ...rest }) => JSON.stringify(rest));
  return [...groups.values()].map((those) => ({
    ...those[0]!,
    clusters: those.length === 1
      ? those[0]!.clusters
      : `${those[0]!.clusters} and ${those.length - 1} more`,
  }));
}
