import type { RotationCluster } from "../../fleet/rotation/shapes.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import { plural } from "../plural.ts";
import type { Rotation } from "./rotation_notes.ts";
import { isSafe, notesOfRotation } from "./rotation_notes.ts";
import { whyRefused } from "./rotation_refusal.ts";
import { type Line, linesOf } from "./rotation_lines.ts";
import type { Columns, Counted, SeenClusters, ToldOfAll, View } from "./view.ts";
import { stateOf } from "./written.ts";

/** What a stream tells of one cluster. */
type OfCluster = Pick<RotationCluster, "status" | "secrets" | "left">;

const COLUMNS: Columns<Line> = {
  CLUSTER: ({ clusters }) => clusters,
  SECRET: ({ secret }) => secret,
  KEYS: ({ keys }) => keys,
  RESULT: ({ result }) => result,
};

const REASON: Columns<Line> = { REASON: ({ reason = " " }) => reason };

/**
 * A rotation: a line on standard error as each cluster ends, a table of what was done and what is left,
 * with `-o wide` of all secrets, and at the end whether the old value may be revoked.
 */
export const rotated: View<Rotation, Line> = {
  steps: {
    before: "the plan, and the check of the new value",
    after: "the search for the old value on all clusters",
  },
  whole(ended, _input, _awaited, told = {}) {
    const clusters = ended.map(clusterOf).sort((a, b) => a.cluster < b.cluster ? -1 : 1);
    return { ...ofAll(told), clusters };
  },
  line: (body) => lineOf(body as OfCluster),
  // Of one cluster.
  counted: (body) => countedOf(body as unknown as OfCluster),
  rows: (body, flags = {}) => linesOf(body, flags),
  columns: (lines) =>
    lines.some(({ reason }) => reason !== undefined) ? { ...COLUMNS, ...REASON } : COLUMNS,
  wide: { REMEDY: ({ remedy = " " }) => remedy },
  names: ({ clusters }) =>
    clusters.flatMap(({ cluster, secrets, left }) =>
      [...secrets, ...left].map(({ namespace, name }) => `${cluster}/${namespace}/${name}`)
    ),
  notes: notesOfRotation,
  notesTellAll: true,
  exitCode: exitCodeOf,
  confirmation: {
    verb: "rotate",
    done: "rotated",
    question({ clusters }) {
      const counts = clusters.map(({ secrets }) => secrets.filter(isReplaced).length);
      const secrets = counts.reduce((sum, count) => sum + count, 0);
      if (secrets === 0) return "Carry it out all the same, and search all clusters?";
      const some = counts.filter((count) => count > 0).length;
      return `Rotate ${plural(secrets, "secret")} on ${plural(some, "cluster")}?`;
    },
    refusal: whyRefused,
  },
};

/** One that runs or has ended: a row a cluster. */
export const shownRotation: View<Rotation, RotationCluster> = {
  columns: () => ({
    CLUSTER: ({ cluster }) => cluster,
    STATUS: ({ status }) => status.replace("_", " "),
    SECRETS: replacedOf,
    LEFT: ({ left }) => String(left.length),
    MESSAGE: ({ answer }) => String((answer as { message?: string })?.message ?? " "),
  }),
  rows: ({ clusters }) => clusters,
  names: rotated.names,
  notes: notesOfRotation,
  notesTellAll: true,
  exitCode: exitCodeOf,
};

/** As the one answer has it. */
function clusterOf(entry: ClusterEntry): RotationCluster {
  const { cluster, status_code, answer, transport, same_server_as } = entry;
  const { status, secrets = [], left = [] } = answer as Partial<OfCluster>;
  const common = {
    cluster,
    status_code,
    secrets: [...secrets],
    left: [...left],
    ...transport === undefined ? {} : { transport },
    ...same_server_as === undefined ? {} : { same_server_as },
  };
  if (status_code < 300) return { ...common, status: status! };
  const { status: _status, secrets: _secrets, left: _left, ...error } = answer as Partial<
    OfCluster
  >;
  const isBegun = (error as { code?: string }).code !== "not_begun";
  return { ...common, status: isBegun ? "failed" : "not_begun", answer: error };
}

/** What is said of all clusters; nothing that is not known is taken for a success. */
function ofAll({ names: _names, clusters: _count, ...told }: ToldOfAll) {
  return { success: false, safe_to_revoke: false, ...told } as Omit<Rotation, "clusters">;
}

function lineOf({ status, secrets, left }: OfCluster): string {
  const counts = [
    ...status === "rotated" ? [plural(secrets.filter(isReplaced).length, "secret")] : [],
    ...left.length === 0 ? [] : [`${left.length} left`],
  ];
  const said = counts.length === 0 ? "" : `: ${counts.join(", ")}`;
  return status.replace("_", " ") + said;
}

const countedOf = ({ secrets, left }: OfCluster): Counted[] => [
  ...secrets.map(({ output }) => ({ state: stateOf(output) })),
  ...left.map(() => ({ state: "left" })),
];

/** How many secrets were replaced; the audit log has them counted, where it has them. */
function replacedOf({ secrets, written }: RotationCluster): string {
  if (written === undefined) return String(secrets.filter(isReplaced).length);
  return String(written.counts?.replaced ?? " ");
}

const isReplaced = ({ output }: { readonly output: string }) =>
  !/^unchanged\b/.test(stateOf(output));

/** 0 only where the old value may be revoked, so that what follows in a script may do that. */
function exitCodeOf(
  { dry_run, success, state, ...body }: Rotation,
  { ok }: SeenClusters,
): number | undefined {
  if (dry_run === true || ok === 0) return undefined;
  const isDone = success === true && (state ?? "done") === "done";
  return isDone && isSafe(body) ? 0 : 3;
}
