/** Asks /health at a fixed rate, whether or not earlier answers are there, and measures. */
import { answerQuestions } from "./thread.ts";

export interface Probed {
  /** Milliseconds of each answer, whatever it was. */
  readonly times: readonly number[];
  /** Answers that were not 200, or none within ten seconds. */
  readonly failed: number;
}

const TIMEOUT = 10_000;

let timer: ReturnType<typeof setInterval> | undefined;
const times: number[] = [];
const underWay = new Set<Promise<void>>();
let failed = 0;

async function probe(url: string): Promise<void> {
  const began = performance.now();
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(TIMEOUT) });
    await response.text();
    if (response.status !== 200) failed++;
  } catch {
    failed++;
  }
  times.push(performance.now() - began);
}

const answers = {
  /** @param given.rate a second */
  start({ url, rate }: { url: string; rate: number }): void {
    timer = setInterval(() => {
      const probing = probe(url).finally(() => underWay.delete(probing));
      underWay.add(probing);
    }, 1000 / rate);
  },
  async finish(_: Record<never, never>): Promise<Probed> {
    clearInterval(timer);
    await Promise.all(underWay);
    return { times, failed };
  },
};

export type HealthThread = typeof answers;

answerQuestions(answers);
