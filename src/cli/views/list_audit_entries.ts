import type { AuditPage } from "../client/answers.ts";
import type { View } from "./view.ts";

type Entry = AuditPage["entries"][number];

export const view: View<AuditPage, Entry> = {
  columns: () => ({
    TIME: ({ time }) => time,
    WHO: ({ who }) => who,
    CLUSTER: (entry) => entry.cluster ?? listed(entry, "clusters"),
    KIND: ({ kind }) => kind,
    NAMES: (entry) => listed(entry, entry.written ? "written" : "names"),
    OUTCOME: outcomeOf,
  }),
  wide: {
    FROM: ({ from }) => from,
    NAMESPACES: (entry) => listed(entry, "namespaces"),
    CREDENTIAL: fingerprintsOf,
    WRITE: ({ write }) => write,
    ROTATION: ({ rotation }) => rotation,
    REPLACES: (entry) => listed(entry, "replaces"),
    WHY: whyOf,
  },
  rows: ({ entries }) => withoutBegun(entries),
  notes({ truncated, damaged, total, chain }) {
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

/** A write is one line, that of its end, which repeats what it was; what began only is its own. */
function withoutBegun(entries: readonly Entry[]): readonly Entry[] {
  const ended = new Set(entries.filter(({ phase }) => phase !== "begin").map(({ write }) => write));
  return entries.filter(({ phase, write }) => phase !== "begin" || !ended.has(write));
}

function outcomeOf({ phase, outcome = "ended", dry_run }: Entry): string {
  const others: Partial<Record<typeof phase, string>> = { begin: "begun", refused: "not allowed" };
  const shown = phase === "end" ? outcome : others[phase] ?? phase;
  return dry_run ? `${shown} (dry run)` : shown;
}

/** By commas, with how many there were besides, if the entry does not name all. */
function listed(
  entry: Entry,
  list: "clusters" | "names" | "namespaces" | "replaces" | "written",
): string | undefined {
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
