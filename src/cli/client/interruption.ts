const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

type Ending = keyof typeof NUMBERS;

const SIGNALS = Object.keys(NUMBERS) as Ending[];

/**
 * Takes the first Ctrl-C, or SIGTERM, as a wish to end; the next one ends the program.
 * @param onAsked called then
 */
export function interruption(onAsked: () => void) {
  const asked = new AbortController();
  let by: Ending = "SIGINT";
  const listeners = SIGNALS.map((signal) => ({
    signal,
    listener() {
      by = signal;
      end(); // before it is said that the next one ends the program
      asked.abort();
      onAsked();
    },
  }));
  const end = () => {
    for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
  };
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    /** Aborted when somebody wants it to end. */
    signal: asked.signal,
    /** Of a program that the signal ended, as shells tell it. */
    get exitCode() {
      return 128 + NUMBERS[by];
    },
    [Symbol.dispose]: end,
  };
}

export type Interruption = ReturnType<typeof interruption>;
