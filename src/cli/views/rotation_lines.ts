import { given } from "../../fields/advice.ts";
import type { RotatedSecret, ValuePlace } from "../../fleet/rotation/shapes.ts";
import { kebab } from "../bind/field_flags.ts";
import { flagFor } from "../client/told.ts";
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
 * What became of secrets: of a plan what would, else what is not as wished.
 * @param isWide whether all are told, a row each
 */
export function linesOf({ clusters, old_value, dry_run }: Rotation, isWide: boolean): Line[] {
  const all = clusters.flatMap(({ cluster, secrets, left }): Line[] => [
    ...secrets.filter((each) => isWide || dry_run === true && !isUnchanged(each)).map((each) => ({
      ...lineOf(cluster, each),
      result: stateOf(each.output),
    })),
    ...left.map((each) => ({
      ...lineOf(cluster, each),
      result: "left",
      reason: each.message,
      remedy: given(each.remedy, FIELDS, (name, value) => flagFor(`--${kebab(name)}`, value)),
    })),
  ]);
  const known = new Set(all.filter(({ result }) => result === "left").map(placeOf));
  const others = (dry_run ? [] : old_value?.places ?? []).map(remaining)
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
function remaining({ cluster, key, registry, ...secret }: ValuePlace): Line {
  return {
    ...lineOf(cluster, { ...secret, keys: [registry ?? key] }),
    result: "old value remains",
  };
}

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
