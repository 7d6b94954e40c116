import type { CheckedAnswer, ReadAnswer } from "../../operations/check_answers.ts";
import { NOT_LISTED, type UnseenCluster } from "../../operations/respond/found.ts";
import { plural } from "../../text/plural.ts";
import { printable } from "../client/table.ts";
import { stateWord } from "../client/verify_lines.ts";
import { age, untilThen } from "./age.ts";
import { cut } from "./matrix_notes.ts";
import type { ColumnList, Columns, View } from "./view.ts";

type CheckState = CheckedAnswer["state"];

/** The results of a check; empty while clusters are read. */
interface Checks extends Partial<Record<CheckState, number>> {
  readonly checks: readonly CheckedAnswer[];
  readonly not_seen: readonly UnseenCluster[];
  readonly total: number;
  readonly fingerprints_end?: string;
}

/** The states, the most urgent first. */
const ORDER: readonly CheckState[] = ["refused", "unreachable", "not_tried", "accepted"];

const COLUMNS: Columns<CheckedAnswer> = {
  RESULT: ({ state }) => stateWord(state),
  PLACE: ({ place }) => place,
  USERNAME: ({ username }) => username,
  "USED BY": usedBy,
};

const EXPIRES: ColumnList<CheckedAnswer> = [
  ["EXPIRES", ({ expires }) => expires && untilThen(expires)],
];

const MESSAGE: ColumnList<CheckedAnswer> = [["MESSAGE", ({ message }) => message]];

/** One row per value and place, shown when all were verified. */
export const view: View<Checks, CheckedAnswer> = {
  steps: { before: "the clusters", after: "the registries and repositories" },
  whole: (_finished, _input, _awaited, fields = {}) => {
    const { names: _names, clusters: _count, ...rest } = fields;
    return { checks: [], not_seen: [], total: 0, ...rest };
  },
  line: (body) => {
    const { secrets, values } = body as ReadAnswer;
    return `${plural(values, "credential")} in ${plural(secrets, "secret")}`;
  },
  rows: ({ checks }) => checks.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state)),
  columns: (checks) => [
    ...Object.entries(COLUMNS),
    ...checks.some(({ expires }) => expires !== undefined) ? EXPIRES : [],
    ...MESSAGE,
  ],
  wide: {
    FINGERPRINT: ({ fingerprint }) => fingerprint,
    CHECKED: ({ at }) => `${age(at)} ago`,
    SECRETS: ({ cells }) => cells.map(secretOf).filter(isNew).join(", "),
  },
  names: ({ checks }) =>
    checks.flatMap(({ cells }) => cells.map(secretOf)).filter(isNew).toSorted(),
  notes: (body, { output, id } = {}) => [
    ...partsNotSeen(body),
    ...id === undefined || body.total > 0 ? [] : [
      `note: no cluster that was read has a credential with ID '${id}'. 'fleet -o json' has the IDs`,
    ],
    ...body.fingerprints_end === undefined || output !== "wide"
      ? []
      : [`note: fingerprints change when the server restarts: ${printable(body.fingerprints_end)}`],
    ...summaryOf(body),
  ],
  nothing: () => "No credentials to check",
  exitCode({ checks, not_seen }, { ok }) {
    if (ok === 0) return undefined;
    const has = (state: CheckState) => checks.some((each) => each.state === state);
    if (has("refused")) return 4;
    const isSkipped = checks.some(({ skipped = false }) => skipped);
    return has("unreachable") || isSkipped || not_seen.length > 0 ? 3 : 0;
  },
};

const secretOf = ({ cluster, namespace, name }: CheckedAnswer["cells"][number]) =>
  `${cluster}/${namespace}/${name}`;

const isNew = (text: string, i: number, all: readonly string[]) => all.indexOf(text) === i;

/** The only secret, or the number of secrets. */
function usedBy({ cells }: CheckedAnswer): string {
  const secrets = new Set(cells.map(secretOf));
  const [only] = secrets;
  if (secrets.size === 1) return only!;
  const clusters = new Set(cells.map(({ cluster }) => cluster));
  return `${secrets.size} secrets on ${plural(clusters.size, "cluster")}`;
}

/** Parts of clusters that could not be read; whole clusters are reported as they finish. */
function partsNotSeen({ not_seen }: Checks): readonly string[] {
  const parts = not_seen.filter(({ status }) => status === NOT_LISTED);
  return cut(
    parts.map(({ cluster, message }) => `warning: ${cluster}: ${printable(message)}`),
    "warnings",
  );
}

function summaryOf(body: Checks): readonly string[] {
  if (body.total === 0) return [];
  const counts = ORDER.flatMap((state) => {
    const count = body[state] ?? 0;
    return count === 0 ? [] : [`${count} ${stateWord(state)}`];
  });
  const remembered = body.checks.filter((each) => each.cached).length;
  return [
    `note: ${counts.join(", ")}` +
    (remembered === 0 ? "" : ` (${remembered} cached, not verified again)`),
  ];
}
