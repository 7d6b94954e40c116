/**
 * Runs a module in its own thread and calls its functions, so that the clients of a soak and the module do
 * not delay each other.
 */

// deno-lint-ignore no-explicit-any
export type Answers = Record<string, (given: any) => unknown>;

interface Question {
  readonly id: number;
  readonly name: string;
  readonly given: unknown;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface Thread<A extends Answers> extends Disposable {
  /** @throws Error with what was thrown there */
  ask<K extends keyof A & string>(
    name: K,
    given: Parameters<A[K]>[0],
  ): Promise<Awaited<ReturnType<A[K]>>>;
}

/** @param module that calls {@linkcode answerQuestions} */
export function startThread<A extends Answers>(module: string): Thread<A> {
  const worker = new Worker(import.meta.resolve(module), { type: "module" });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) asked?.resolve(data.value);
    else asked?.reject(new Error(data.error));
  });
  return {
    ask<K extends keyof A & string>(name: K, given: Parameters<A[K]>[0]) {
      const asked = Promise.withResolvers<unknown>();
      const question: Question = { id: ++last, name, given };
      waiting.set(question.id, asked);
      worker.postMessage(question);
      return asked.promise as Promise<Awaited<ReturnType<A[K]>>>;
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}

/** Called once, by the module of a thread. */
export function answerQuestions(answers: Answers): void {
  const port = self as unknown as Worker;
  port.addEventListener(
    "message",
    async ({ data: { id, name, given } }: MessageEvent<Question>) => {
      let reply: Reply;
      try {
        reply = { id, value: await answers[name]!(given) };
      } catch (error) {
        reply = {
          id,
          error: error instanceof Error ? error.stack ?? error.message : String(error),
        };
      }
      port.postMessage(reply);
    },
  );
}
