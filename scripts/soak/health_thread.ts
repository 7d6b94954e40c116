/** Requests /health at a fixed rate, without waiting for earlier responses, and measures. */
import { answerQuestions } from "./thread.ts";

export interface Probed {
  /** Duration of each request in milliseconds. */
  readonly times: readonly number[];
  /** Responses other than 200, and requests without a response within ten seconds. */
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
  /** @param given.rate requests per second */
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
