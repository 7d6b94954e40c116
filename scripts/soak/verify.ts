import { type Attempt, type Histories, judge, keyOf } from "./history.ts";
import { heldBy } from "./values.ts";
import type { World } from "./world.ts";

export interface Verified {
  readonly secrets: number;
  readonly lost: number;
  readonly halfWritten: number;
  readonly denied: number;
  /** Each secret, and the values that were sent to it. */
  readonly examples: readonly string[];
}

/** Reads every written secret directly, without the server, and compares it with the responses. */
export async function verify(
  histories: Histories,
  world: World,
  canary: string,
): Promise<Verified> {
  const stored = new Map(
    (await Promise.all(
      Object.keys(world.clusters).map(async (cluster) =>
        (await world.secrets(cluster)).map((secret) =>
          [keyOf({ cluster, ...secret.metadata }), secret] as const
        )
      ),
    )).flat(),
  );
  const counts = { right: 0, lost: 0, "half-written": 0, denied: 0 };
  const examples: string[] = [];
  for (const { ref, attempts } of histories.all()) {
    const held = heldBy(stored.get(keyOf(ref)), canary);
    const verdict = judge(attempts, held);
    counts[verdict]++;
    if (verdict === "right" || examples.length === 20) continue;
    const what = held.kind === "half" ? held.why : held.kind === "whole" ? held.value : held.kind;
    examples.push(
      `${keyOf(ref)} is ${verdict}: it holds ${what} after ${attempts.slice(-6).map(shown)}`,
    );
  }
  const { lost, denied, "half-written": halfWritten } = counts;
  return { secrets: histories.size, lost, halfWritten, denied, examples };
}

function shown({ value, began, ended, effect }: Attempt): string {
  return ` ${value} ${effect} (${began.toFixed(0)} to ${ended.toFixed(0)} ms)`;
}
