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
      (entry.written ?? entry.names)?.join(","),
      outcomeOf(entry),
      entry.from,
      entry.namespaces?.join(","),
      entry.credential,
      entry.write,
      whyOf(entry),
    ]);
  },
  names: () => [],
  notes({ body }) {
    const { truncated, damaged, total } = body as AuditPage;
    return [
      ...truncated
        ? [`note: there are more than these ${total} entries: --limit and --until show them`]
        : [],
      ...damaged > 0 ? [`warning: ${damaged} line(s) are damaged, as a crash leaves them`] : [],
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

function outcomeOf({ phase, outcome }: Entry): string {
  if (phase === "end") return outcome ?? "ended";
  if (phase === "begin") return "begun";
  return phase === "refused" ? "not allowed" : phase;
}

/** Why it was refused, or failed. */
function whyOf({ refusals = [], error, reason, action, not_restored = [] }: Entry) {
  const left = not_restored.map(({ namespace, name, kind = "secret", state }) =>
    `${namespace}: ${kind}/${name} is ${state}`
  );
  const why = [...refusals, error, action, reason, ...left].filter((each) => each !== undefined);
  return why.length === 0 ? undefined : why.join("; ");
}
