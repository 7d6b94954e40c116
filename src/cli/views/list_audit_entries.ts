import type { AuditBody } from "../client/answers.ts";
import { plural } from "../../text/plural.ts";
import type { View } from "./view.ts";

type Entry = AuditBody["entries"][number];

export const view: View<AuditBody, Entry> = {
  columns: () => ({
    TIME: ({ time }) => time,
    WHO: ({ who }) => who,
    CLUSTER: clustersOf,
    KIND: ({ kind }) => kind,
    NAMES: (entry) => listed(entry, entry.written ? "written" : "names"),
    OUTCOME: outcomeOf,
  }),
  wide: {
    FROM: ({ from }) => from,
    CLUSTERS: (entry) => listed(entry, "clusters"),
    NAMESPACES: (entry) => listed(entry, "namespaces"),
    CREDENTIAL: fingerprintsOf,
    WRITE: ({ write }) => write,
    ROTATION: ({ rotation }) => rotation,
    REPLACES: (entry) => listed(entry, "replaces"),
    WHY: whyOf,
  },
  rows: ({ entries }) => withoutStarts(entries),
  notes({ truncated, damaged, chain }) {
    return [
      ...truncated ? [MORE] : [],
      ...damaged > 0 ? [`warning: ${plural(damaged, "line")} damaged, as after a crash`] : [],
      ...aboutChain(chain),
    ];
  },
  nothing: () => "No matching audit log entries",
};

const MORE =
  "note: there are more entries. Use --limit or --until to see them; a write has two, its start and its end";

/** One entry per write: the end repeats the start. A start without an end is kept. */
function withoutStarts(entries: readonly Entry[]): readonly Entry[] {
  const finished = new Set(
    entries.filter(({ phase }) => phase !== "begin").map(({ write }) => write),
  );
  return entries.filter(({ phase, write }) => phase !== "begin" || !finished.has(write));
}

/** The most clusters that are listed; with more, there are as many as a number says. */
const MOST_CLUSTERS = 3;

function clustersOf(entry: Entry): string | undefined {
  const { cluster, clusters = [], more } = entry;
  const total = clusters.length + (more?.clusters ?? 0);
  return cluster ??
    (total > MOST_CLUSTERS ? plural(total, "cluster") : listed(entry, "clusters"));
}

function outcomeOf({ phase, outcome = "finished", dry_run }: Entry): string {
  const others: Partial<Record<typeof phase, string>> = {
    begin: "unfinished",
    refused: "not allowed",
  };
  const shown = phase === "end" ? outcome : others[phase] ?? phase;
  return dry_run ? `${shown} (dry run)` : shown;
}

/** A comma-separated list, with the number of further items that the entry does not name. */
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
  const listed = [...all, ...moreOf(entry, "credentials")];
  return listed.length === 0 ? credential : listed.join(",");
}

/** Problems of the log's hash chain, which an older server does not report. */
function aboutChain(chain: AuditBody["chain"] | undefined): string[] {
  if (chain?.state === "unknown") {
    return [`note: cannot check for missing or changed lines: ${chain.why}`];
  }
  return (chain?.broken_at ?? []).map((time) =>
    `warning: the entry of ${time} does not follow the line before it: one of the two was changed, inserted or removed`
  );
}

/** Why a write was rejected, or failed. */
function whyOf(entry: Entry): string | undefined {
  const { refusals = [], error, reason, action, not_restored = [], left_out = 0 } = entry;
  const changed = not_restored.map(({ namespace, name, kind = "secret", state }) =>
    `${namespace}: ${kind}/${name} is ${state}`
  );
  const why = [
    ...[...refusals, ...moreOf(entry, "refusals"), error, action, reason],
    ...[...changed, ...moreOf(entry, "not_restored").map((more) => `${more} not rolled back`)],
    ...left_out > 0 ? [`${left_out} more omitted`] : [],
  ].filter((each) => each !== undefined);
  return why.length === 0 ? undefined : why.join("; ");
}
