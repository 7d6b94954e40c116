/** A process, as far as it matters here. */
export interface Child {
  readonly status: Promise<Pick<Deno.CommandStatus, "code" | "signal">>;
  kill(signal: Deno.Signal): void;
}

export interface SuperviseOptions {
  readonly spawn: () => Child;
  /** Takes one line of what is going on. */
  readonly log: (line: string) => void;
  /** Milliseconds between SIGTERM and SIGKILL. @default 10_000 */
  readonly grace?: number;
}

/** Keeps one child: there are never two, since they would want the same port. */
export interface Supervisor {
  start(): void;
  /**
   * Ends the child, if there is one, and starts the next. Those asked for while one is under way
   * are one more after it.
   */
  restart(): void;
  /** Ends the child for good. Resolves when it has gone. */
  stop(): Promise<void>;
  /** Has the child gone at once, whatever it is doing. */
  kill(): void;
}

/**
 * A child is ended with SIGTERM and has the grace to finish what it is doing. One that ends by
 * itself stays ended until a restart is asked for.
 */
export function supervise({ spawn, log, grace = 10_000 }: SuperviseOptions): Supervisor {
  let child: Child | undefined;
  let ending = false;
  let stopping = false;
  let wanted = false;
  let restarting: Promise<void> | undefined;

  const start = () => {
    let started: Child;
    try {
      started = child = spawn();
    } catch (error) {
      log(`cannot start: ${(error as Error).message}; waiting for a change`);
      return;
    }
    started.status.then(({ code, signal }) => {
      child = undefined;
      if (ending) return;
      log(`stopped ${signal ? `by ${signal}` : `with exit code ${code}`}; waiting for a change`);
    });
  };
  const send = (signal: Deno.Signal) => {
    try {
      child?.kill(signal);
    } catch {
      // It has just ended.
    }
  };
  const end = async () => {
    if (!child) return;
    ending = true;
    const timer = setTimeout(() => {
      log(`still running after ${grace / 1000} s, so it is killed`);
      send("SIGKILL");
    }, grace);
    send("SIGTERM");
    await child.status;
    clearTimeout(timer);
    ending = false;
  };
  const restartWhileWanted = async () => {
    while (wanted && !stopping) {
      wanted = false;
      log("restarting");
      await end();
      if (!stopping) start();
    }
    restarting = undefined;
  };
  return {
    start,
    restart() {
      if (stopping) return;
      wanted = true;
      restarting ??= restartWhileWanted();
    },
    async stop() {
      stopping = true;
      await restarting;
      await end();
    },
    kill: () => send("SIGKILL"),
  };
}
