/** One line of the table of results. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  /** The result to compare with; empty if the goal is absolute. */
  readonly bare: string;
  readonly ratio: number | undefined;
  /** Empty when there is none. */
  readonly goal: string;
  readonly met: boolean;
}

const milliseconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

export const inSeconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;

/** A row with two durations; ours should be at most `goal` times the bare one. */
export function atMost(goal: number, work: string, times: { ours: number; bare: number }): Row {
  const ratio = times.ours / times.bare;
  return {
    work,
    ours: milliseconds(times.ours),
    bare: milliseconds(times.bare),
    ratio,
    goal: `at most ${goal} ×`,
    met: ratio <= goal,
  };
}

/** The rows as a Markdown table. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ work, ours, bare, ratio, goal, met }) => {
    const times = ratio === undefined ? "" : `${ratio.toFixed(2)} ×`;
    const verdict = goal === "" ? "" : met ? "met" : "MISSED";
    return `| ${work} | ${ours} | ${bare} | ${times} | ${goal} | ${verdict} |`;
  });
  return ["| work | ours | bare | ratio | goal | |", "|---|---|---|---|---|---|", ...lines]
    .join("\n");
}
