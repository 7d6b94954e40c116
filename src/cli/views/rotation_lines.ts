import { given } from "../../fields/advice.ts";
import type { RotatedSecret, RotationCluster, ValuePlace } from "../../fleet/rotation/shapes.ts";
import { kebab } from "../bind/field_flags.ts";
import { flagFor, ofCommand } from "../client/told.ts";
import type { Rotation } from "./rotation_notes.ts";
import { stateOf } from "./written.ts";

/** One row of a rotation's table: a secret, or the same on several clusters. */
export interface Line {
  readonly clusters: string;
  /** `NAMESPACE/NAME` */
  readonly secret: string;
  readonly keys: string;
  readonly result: string;
  readonly reason?: string;
  readonly remedy?: string;
}

/** That a remedy may name. */
const FIELDS = ["force", "managed_only", "everywhere"];

/** With more rows than these, clusters that are alike share one. */
const MOST = 50;

/**
 * What became of secrets, or of a plan would, and where the old value remains.
 * @param flags of the command line: with `-o wide` those that stay as they are are told, too, a row each
 */
export function linesOf(
  { clusters, old_value, dry_run }: Rotation,
  flags: Readonly<Record<string, unknown>>,
): Line[] {
  const isWide = flags.output === "wide";
  const all = clusters.flatMap(({ cluster, secrets, left }): Line[] => [
    ...secrets.filter((each) => isWide || !isUnchanged(each)).map((each) => ({
      ...lineOf(cluster, each),
      result: stateOf(each.output),
    })),
    ...left.map((each) => ({
      ...lineOf(cluster, each),
      result: "left",
      reason: each.message,
      remedy: ofCommand(
        given(each.remedy, FIELDS, (name, value) => flagFor(`--${kebab(name)}`, value)),
      ),
    })),
  ]);
  const known = new Set(all.filter(({ result }) => result === "left").map(placeOf));
  const others = (dry_run ? [] : old_value?.places ?? [])
    .map((each) => remaining(each, clusters, flags))
    .filter((each) => !known.has(placeOf(each)));
  const lines = [...all, ...distinct(others)];
  return isWide || lines.length <= MOST ? lines : merged(lines);
}

const isUnchanged = ({ output }: RotatedSecret) => /^unchanged\b/.test(stateOf(output));

const lineOf = (
  clusters: string,
  { namespace, name, keys = [] }: Pick<RotatedSecret, "namespace" | "name"> & {
    keys?: readonly string[];
  },
) => ({ clusters, secret: `${namespace}/${name}`, keys: keys.join(", ") || " " });

const placeOf = ({ clusters, secret }: Line) => `${clusters}/${secret}`;

/** Where the old value still stands, and the rotation had nothing to do. */
function remaining(
  place: ValuePlace,
  clusters: readonly RotationCluster[],
  flags: Readonly<Record<string, unknown>>,
): Line {
  const { cluster, key, registry, ...secret } = place;
  return {
    ...lineOf(cluster, { ...secret, keys: [registry ?? key] }),
    result: "old value remains",
    reason: whyRemains(place, clusters, flags),
  };
}

/** As far as the answer tells it. */
function whyRemains(
  { cluster, key }: ValuePlace,
  clusters: readonly RotationCluster[],
  { everywhere = false }: Readonly<Record<string, unknown>>,
): string {
  const own = clusters.find((each) =>
    each.cluster === cluster || each.same_server_as?.includes(cluster)
  );
  if (own === undefined) return "not selected";
  if (own.status === "failed") return "the cluster has failed";
  if (own.status === "not_begun") return "the cluster was not begun";
  return PULL_KEYS.includes(key) && everywhere !== true
    ? "has no docker label, or was stored meanwhile: give --everywhere"
    : "was not searched for, or was stored meanwhile";
}

/** Of pull secrets' data. */
const PULL_KEYS: readonly string[] = [".dockerconfigjson", ".dockercfg"];

const distinct = (lines: readonly Line[]): Line[] => [
  ...new Map(lines.map((each) => [JSON.stringify(each), each])).values(),
];

/** Clusters that are alike in one row: `prod-1 and 11 more`. */
function merged(lines: readonly Line[]): Line[] {
  const groups = Map.groupBy(lines, ({ clusters: _, ...rest }) => JSON.stringify(rest));
  return [...groups.values()].map((those) => ({
    ...those[0]!,
    clusters: those.length === 1
      ? those[0]!.clusters
      : `${those[0]!.clusters} and ${those.length - 1} more`,
  }));
}
