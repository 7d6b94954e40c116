/** The results of a soak, and whether they are correct. */
import type { Spread } from "./statistics.ts";

/** A count that decides the exit code. */
export interface Count {
  readonly what: string;
  readonly found: number;
  /** The maximum. */
  readonly most: number;
}

/** A duration, shown for information: it depends on the load of the machine. */
export interface Time {
  readonly what: string;
  readonly found: string;
  /** Empty without a goal. */
  readonly goal: string;
  readonly met: boolean;
}

export interface Report {
  readonly transport: string;
  readonly clients: number;
  readonly seconds: number;
  /** Whether a real control plane was among the clusters. */
  readonly hasReal: boolean;
  readonly requests: readonly { work: string; statuses: Readonly<Record<string, number>> }[];
  readonly counts: readonly Count[];
  readonly times: readonly Time[];
  /** Memory of the server in MB, every second; not in the tables. */
  readonly memory: readonly number[];
  /** The first unexpected results. */
  readonly examples: readonly string[];
}

export function isAsItMustBe({ counts }: Report): boolean {
  return counts.every(({ found, most }) => found <= most);
}

const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** @param goal of its p99, in milliseconds */
export function timesOf(what: string, spread: Spread, goal?: number): Time {
  const { samples, p50, p99, max } = spread;
  const [half, most, all] = [p50, p99, max].map(milliseconds);
  return {
    what: `${what} (${samples})`,
    found: `p50 ${half}, p99 ${most}, max ${all}`,
    goal: goal === undefined ? "" : `p99 under ${goal} ms`,
    met: goal === undefined || p99 < goal,
  };
}

/** The report as Markdown. */
export function markdown(report: Report): string {
  const { transport, clients, seconds, hasReal, requests, counts, times, examples } = report;
  const sum = (statuses: Readonly<Record<string, number>>) =>
    Object.values(statuses).reduce((all, one) => all + one, 0);
  const total = requests.reduce((all, { statuses }) => all + sum(statuses), 0);
  const verdict = (met: boolean, goal: string) => goal === "" ? "" : met ? "met" : "MISSED";
  return [
    `## ${transport}: ${clients} clients, ${seconds.toFixed(0)} s, ` +
    `${hasReal ? "with" : "WITHOUT"} a real control plane`,
    "",
    table(["requests", "", "a second", "status"], [
      ...requests.map(({ work, statuses }) => [
        work,
        String(sum(statuses)),
        (sum(statuses) / seconds).toFixed(1),
        Object.entries(statuses).map(([status, count]) => `${status}: ${count}`).join(", "),
      ]),
      ["all", String(total), (total / seconds).toFixed(1), ""],
    ]),
    "",
    table(["count", "found", "must be", ""], [
      ...counts.map(({ what, found, most }) => {
        const goal = most === 0 ? "0" : `at most ${most}`;
        return [what, String(found), goal, verdict(found <= most, goal)];
      }),
    ]),
    "",
    table(["measured", "", "goal", ""], [
      ...times.map(({ what, found, goal, met }) => [what, found, goal, verdict(met, goal)]),
    ]),
    ...(examples.length === 0 ? [] : ["", ...examples.map((example) => `- ${example}`)]),
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
