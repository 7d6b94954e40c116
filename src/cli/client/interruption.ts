const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

type Ending = keyof typeof NUMBERS;

const SIGNALS = Object.keys(NUMBERS) as Ending[];

/**
 * Handles the first Ctrl-C or SIGTERM; the next one ends the program.
 * @param onInterrupted called at the first one
 */
export function interruption(onInterrupted: () => void) {
  const interrupted = new AbortController();
  let by: Ending = "SIGINT";
  const listeners = SIGNALS.map((signal) => ({
    signal,
    listener() {
      by = signal;
      end(); // before the message that the next one ends the program
      interrupted.abort();
      onInterrupted();
    },
  }));
  const end = () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    /** Aborted at the first signal. */
    signal: interrupted.signal,
    /** The exit code that shells use for this signal. */
    get exitCode() {
      return 128 + NUMBERS[by];
    },
    [Symbol.dispose]: end,
  };
}

export type Interruption = ReturnType<typeof interruption>;
