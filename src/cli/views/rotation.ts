import type { RotationCluster } from "../../fleet/rotation/shapes.ts";
import type { ClusterEntry } from "../../operations/fleet_answers.ts";
import { plural } from "../../text/plural.ts";
import { isSafe, notesOfRotation, type RotationBody } from "./rotation_notes.ts";
import { whyRefused } from "./rotation_refusal.ts";
import { type RotationLine, rotationLines } from "./rotation_lines.ts";
import type { ClusterCounts, Columns, Counted, StreamFields, View } from "./view.ts";
import { stateOf } from "./written.ts";

/** The answer about one cluster in a stream. */
type OfCluster = Pick<RotationCluster, "status" | "secrets" | "left" | "hints">;

const COLUMNS: Columns<RotationLine> = {
  CLUSTER: ({ clusters }) => clusters,
  SECRET: ({ secret }) => secret,
  KEYS: ({ keys }) => keys,
  RESULT: ({ result }) => result,
};

const REASON: Columns<RotationLine> = { REASON: ({ reason }) => reason };

/**
 * A rotation: a line on standard error as each cluster finishes, a table of the replaced secrets and those
 * with the old value (with `-o wide`, of all secrets), and at the end whether the old value can be revoked.
 */
export const rotated: View<RotationBody, RotationLine> = {
  steps: {
    before: "the plan, and the check of the new value",
    after: "the search for the old value on all clusters",
  },
  whole(finished, _input, _awaited, fields = {}) {
    const clusters = finished.map(clusterOf).sort((a, b) => a.cluster < b.cluster ? -1 : 1);
    return { ...bodyOf(fields), clusters };
  },
  line: (body) => lineOf(body as OfCluster),
  // Called with the answer about one cluster.
  counted: (body) => countedOf(body as unknown as OfCluster),
  rows: (body, flags = {}) => rotationLines(body, flags),
  columns: (lines) =>
    lines.some(({ reason }) => reason !== undefined) ? { ...COLUMNS, ...REASON } : COLUMNS,
  wide: { REMEDY: ({ remedy }) => remedy },
  names: ({ clusters }) =>
    clusters.flatMap(({ cluster, secrets, left }) =>
      [...secrets, ...left].map(({ namespace, name }) => `${cluster}/${namespace}/${name}`)
    ),
  notes: notesOfRotation,
  notesReplaceMessage: true,
  exitCode: exitCodeOf,
  confirmation: {
    verb: "rotate",
    done: "rotated",
    question({ clusters }) {
      const counts = clusters.map(({ secrets }) => secrets.filter(isReplaced).length);
      const secrets = counts.reduce((sum, count) => sum + count, 0);
      if (secrets === 0) return "Run it anyway, to search all clusters?";
      const some = counts.filter((count) => count > 0).length;
      return `Rotate ${plural(secrets, "secret")} on ${plural(some, "cluster")}?`;
    },
    refusal: whyRefused,
  },
};

/** A running or finished rotation: a row per cluster. */
export const shownRotation: View<RotationBody, RotationCluster> = {
  columns: () => ({
    CLUSTER: ({ cluster }) => cluster,
    STATUS: ({ status }) => statusWord(status),
    SECRETS: replacedOf,
    "NOT ROTATED": ({ left }) => String(left.length),
    MESSAGE: ({ answer }) => String((answer as { message?: string })?.message ?? ""),
  }),
  rows: ({ clusters }) => clusters,
  names: rotated.names,
  // It is not known how the old value was given.
  notes: (body, flags, backend) => notesOfRotation(body, flags, backend, true),
  notesReplaceMessage: true,
  exitCode: exitCodeOf,
};

/** A stream's entry, as the one answer has it. */
function clusterOf(entry: ClusterEntry): RotationCluster {
  const { cluster, status_code, answer, transport, same_server_as } = entry;
  const { status, secrets = [], left = [], hints } = answer as Partial<OfCluster>;
  const common = {
    cluster,
    status_code,
    secrets: [...secrets],
    left: [...left],
    ...hints === undefined ? {} : { hints },
    ...transport === undefined ? {} : { transport },
    ...same_server_as === undefined ? {} : { same_server_as },
  };
  if (status_code < 300) return { ...common, status: status! };
  const { status: _status, secrets: _secrets, left: _left, ...error } = answer as Partial<
    OfCluster
  >;
  const isSkipped = (error as { code?: string }).code === "not_begun";
  return { ...common, status: isSkipped ? "not_begun" : "failed", answer: error };
}

/** The fields for all clusters; without an end, it was no success. */
function bodyOf({ names: _names, clusters: _count, ...fields }: StreamFields) {
  return { success: false, safe_to_revoke: false, ...fields } as Omit<RotationBody, "clusters">;
}

function lineOf({ status, secrets, left }: OfCluster): string {
  const isNone = status === "not_found" && left.length > 0;
  if (isNone) return `${plural(left.length, "secret")} not rotated`;
  const counts = [
    ...status === "rotated" ? [plural(secrets.filter(isReplaced).length, "secret")] : [],
    ...left.length === 0 ? [] : [`${left.length} not rotated`],
  ];
  return statusWord(status) + (counts.length === 0 ? "" : `: ${counts.join(", ")}`);
}

/** The API's status, as it is printed: `not_begun` as `skipped`. */
const statusWord = (status: RotationCluster["status"]) =>
  status === "not_begun" ? "skipped" : status.replace("_", " ");

const countedOf = ({ secrets, left }: OfCluster): Counted[] => [
  ...secrets.map(({ output }) => ({ state: stateOf(output) })),
  ...left.map(() => ({ state: "not rotated" })),
];

/** The number of replaced secrets; a rotation from the audit log has only its count. */
function replacedOf({ secrets, written }: RotationCluster): string {
  if (written === undefined) return String(secrets.filter(isReplaced).length);
  return String(written.counts?.replaced ?? "");
}

const isReplaced = ({ output }: { readonly output: string }) =>
  !/^unchanged\b/.test(stateOf(output));

/** 0 only if the old value is safe to revoke, so that a script's next step can revoke it. */
function exitCodeOf(
  { dry_run, success, state, ...body }: RotationBody,
  { ok }: ClusterCounts,
): number | undefined {
  if (dry_run === true || ok === 0) return undefined;
  const isDone = success === true && (state ?? "done") === "done";
  return isDone && isSafe(body) ? 0 : 3;
}
