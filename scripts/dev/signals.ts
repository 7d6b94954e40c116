const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Milliseconds within which signals belong to one Ctrl-C, since launchers forward theirs, too. */
const ONE_PRESS = 300;

/** Signals to stop: Ctrl-C, SIGTERM, or a closed terminal. */
export interface StopSignals extends Disposable {
  readonly first: Promise<void>;
  /** Resolves at a second signal. */
  readonly second: Promise<void>;
}

export function stopSignals(): StopSignals {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let at: number | undefined;
  const onSignal = () => {
    at ??= performance.now();
    first.resolve();
    if (performance.now() - at > ONE_PRESS) second.resolve();
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  return {
    first: first.promise,
    second: second.promise,
    [Symbol.dispose]() {
      for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
    },
  };
}
