import type { AuditPage } from "./answers.ts";
import { carryOut, type View } from "./carry_out.ts";
import type { ProgramFlags } from "./open_api.ts";

export type AuditFlags = ProgramFlags & {
  readonly cluster?: string;
  /** Of a secret. */
  readonly name?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
};

type Entry = AuditPage["entries"][number];

const VIEW: View = {
  fields: { names: ["cluster", "name", "since", "until", "limit"] },
  columns: ["TIME", "WHO", "CLUSTER", "KIND", "NAMES", "OUTCOME"],
  wideColumns: ["FROM", "NAMESPACES", "CREDENTIAL", "WRITE", "WHY"],
  rows({ body }) {
    const { entries } = body as AuditPage;
    return withoutBegun(entries).map((entry) => [
      entry.time,
      entry.who,
      entry.cluster,
      entry.kind,
      listed(entry, entry.written ? "written" : "names"),
      outcomeOf(entry),
      entry.from,
      listed(entry, "namespaces"),
      fingerprintsOf(entry),
      entry.write,
      whyOf(entry),
    ]);
  },
  names: () => [],
  notes({ body }) {
    const { truncated, damaged, total, chain } = body as AuditPage;
    return [
      ...truncated
        ? [`note: there are more than these ${total} entries: --limit and --until show them`]
        : [],
      ...damaged > 0 ? [`warning: ${damaged} line(s) are damaged, as a crash leaves them`] : [],
      ...aboutChain(chain),
    ];
  },
  nothing: () => "The audit log has no such entries",
};

/** Shows who attempted to write what, newest first. */
export function audit(
  { cluster, name, since, until, limit, ...flags }: AuditFlags,
): Promise<number> {
  const query = { cluster, name, since, until, limit: limit?.toString() };
  const request = { method: "GET", path: "/audit", query } as const;
  return carryOut(flags, "read", [undefined], () => request, VIEW);
}

/** A write is one line, that of its end, which repeats what it was; what began only is its own. */
function withoutBegun(entries: readonly Entry[]): readonly Entry[] {
  const ended = new Set(entries.filter(({ phase }) => phase !== "begin").map(({ write }) => write));
  return entries.filter(({ phase, write }) => phase !== "begin" || !ended.has(write));
}

function outcomeOf(entry: Entry): string {
  return entry.dry_run ? `${shownOutcome(entry)} (dry run)` : shownOutcome(entry);
}

function shownOutcome({ phase, outcome }: Entry): string {
  if (phase === "end") return outcome ?? "ended";
  if (phase === "begin") return "begun";
  return phase === "refused" ? "not allowed" : phase;
}

/** By commas, with how many there were besides, if the entry does not name all. */
function listed(entry: Entry, list: "names" | "namespaces" | "written"): string | undefined {
  return entry[list] && [...entry[list], ...moreOf(entry, list)].join(",");
}

function moreOf({ more = {} }: Entry, list: keyof NonNullable<Entry["more"]>): string[] {
  return more[list] === undefined ? [] : [`and ${more[list]} more`];
}

function fingerprintsOf(entry: Entry): string | undefined {
  const { credential, credentials = {} } = entry;
  const all = Object.entries(credentials).map(([place, each]) => `${place}=${each}`);
  const told = [...all, ...moreOf(entry, "credentials")];
  return told.length === 0 ? credential : told.join(",");
}

/** Of a server of an earlier version nothing. */
function aboutChain(chain: AuditPage["chain"] | undefined): string[] {
  if (chain?.state === "unknown") {
    return [`note: whether lines are missing or changed cannot be told: ${chain.why}`];
  }
  return (chain?.broken_at ?? []).map((time) =>
    `warning: the entry of ${time} does not follow the one before: lines are missing or changed`
  );
}

/** Why it was refused, or failed. */
function whyOf(entry: Entry): string | undefined {
  const { refusals = [], error, reason, action, not_restored = [], left_out = 0 } = entry;
  const left = not_restored.map(({ namespace, name, kind = "secret", state }) =>
    `${namespace}: ${kind}/${name} is ${state}`
  );
  const why = [
    ...[...refusals, ...moreOf(entry, "refusals"), error, action, reason],
    ...[...left, ...moreOf(entry, "not_restored").map((more) => `${more} not restored`)],
    ...left_out > 0 ? [`${left_out} more were left out`] : [],
  ].filter((each) => each !== undefined);
  return why.length === 0 ? undefined : why.join("; ");
}
