/** The median; NaN without numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export interface SideBySide {
  readonly ours: number;
  readonly bare: number;
}

/**
 * Medians of two ways to do the same, measured alternately, so that other load affects both.
 * @param warmUp number of first turns that do not count
 */
export async function sideBySide(
  turns: number,
  ours: (turn: number) => Promise<unknown>,
  bare: (turn: number) => Promise<unknown>,
  warmUp = 1,
): Promise<SideBySide> {
  const times: { ours: number; bare: number }[] = [];
  for (let turn = 0; turn < turns + warmUp; turn++) {
    const first = turn % 2 === 0 ? await timed(() => ours(turn)) : undefined;
    const second = await timed(() => bare(turn));
    times.push({ ours: first ?? await timed(() => ours(turn)), bare: second });
  }
  const kept = times.slice(warmUp);
  return {
    ours: median(kept.map(({ ours }) => ours)),
    bare: median(kept.map(({ bare }) => bare)),
  };
}

/** Runs a program to its end with a text on its standard input. @throws when it fails */
export async function runBare(
  program: string,
  args: readonly string[],
  stdin = "",
): Promise<void> {
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const [output] = await Promise.all([
    child.output(),
    writer.write(new TextEncoder().encode(stdin)).then(() => writer.close()),
  ]);
  if (!output.success) throw new Error(`${program} ${args[0]} failed`);
}
