import type { CheckedAnswer, ReadAnswer } from "../../operations/check_answers.ts";
import { NOT_LISTED, type NotSeen } from "../../operations/respond/found.ts";
import { plural } from "../plural.ts";
import { plain } from "../client/table.ts";
import { age, untilThen } from "./age.ts";
import { cut } from "./matrix_notes.ts";
import type { ColumnList, Columns, View } from "./view.ts";

type CheckState = CheckedAnswer["state"];

/** What came of trying, as far as it is told: while clusters are read there is none of it. */
interface Checks extends Partial<Record<CheckState, number>> {
  readonly checks: readonly CheckedAnswer[];
  readonly not_seen: readonly NotSeen[];
  readonly total: number;
  readonly fingerprints_end?: string;
}

/** The states, what needs a look first. */
const ORDER: readonly CheckState[] = ["refused", "unreachable", "not_tried", "accepted"];

const COLUMNS: Columns<CheckedAnswer> = {
  STATE: ({ state }) => wordOf(state),
  PLACE: ({ place }) => place,
  USERNAME: ({ username }) => username ?? " ",
  "USED BY": usedBy,
};

const EXPIRES: ColumnList<CheckedAnswer> = [
  ["EXPIRES", ({ expires }) => expires === undefined ? " " : untilThen(expires)],
];

const MESSAGE: ColumnList<CheckedAnswer> = [["MESSAGE", ({ message }) => message]];

/** One line for each value and place; all of them are told when the last has been tried. */
export const view: View<Checks, CheckedAnswer> = {
  steps: { before: "the clusters", after: "the servers that the credentials are for" },
  whole: (_ended, _input, _awaited, told = {}) => {
    const { names: _names, clusters: _count, ...rest } = told;
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
    FINGERPRINT: ({ fingerprint }) => fingerprint ?? " ",
    CHECKED: ({ at }) => `${age(at)} ago`,
    SECRETS: ({ cells }) => cells.map(secretOf).filter(isNew).join(", "),
  },
  names: ({ checks }) =>
    checks.flatMap(({ cells }) => cells.map(secretOf)).filter(isNew).toSorted(),
  notes: (body, { output } = {}) => [
    ...partsNotSeen(body),
    ...body.fingerprints_end === undefined || output !== "wide"
      ? []
      : [`note: fingerprints change when the server restarts: ${plain(body.fingerprints_end)}`],
    ...summaryOf(body),
  ],
  nothing: () => "There are no credentials to try",
  exitCode({ checks, not_seen }, { ok }) {
    if (ok === 0) return undefined;
    const has = (state: CheckState) => checks.some((each) => each.state === state);
    if (has("refused")) return 4;
    return has("unreachable") || not_seen.length > 0 ? 3 : 0;
  },
};

const wordOf = (state: CheckState) => state.replace("_", " ");

const secretOf = ({ cluster, namespace, name }: CheckedAnswer["cells"][number]) =>
  `${cluster}/${namespace}/${name}`;

const isNew = (text: string, i: number, all: readonly string[]) => all.indexOf(text) === i;

/** The secret, or how many there are. */
function usedBy({ cells }: CheckedAnswer): string {
  const secrets = new Set(cells.map(secretOf));
  const [only] = secrets;
  if (secrets.size === 1) return only!;
  const clusters = new Set(cells.map(({ cluster }) => cluster));
  return `${secrets.size} secrets on ${plural(clusters.size, "cluster")}`;
}

/** Of clusters that were read: the others are told as they end. */
function partsNotSeen({ not_seen }: Checks): readonly string[] {
  const parts = not_seen.filter(({ status }) => status === NOT_LISTED);
  return cut(
    parts.map(({ cluster, message }) => `warning: ${cluster}: ${plain(message)}`),
    "warnings",
  );
}

function summaryOf(body: Checks): readonly string[] {
  if (body.total === 0) return [];
  const counts = ORDER.flatMap((state) => {
    const count = body[state] ?? 0;
    return count === 0 ? [] : [`${count} ${wordOf(state)}`];
  });
  const remembered = body.checks.filter((each) => each.remembered).length;
  return [
    `note: ${counts.join(", ")}` +
    (remembered === 0 ? "" : ` (${remembered} from memory: not asked again)`),
  ];
}
