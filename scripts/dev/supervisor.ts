/** The part of a process that is used here. */
export interface Child {
  readonly status: Promise<Pick<Deno.CommandStatus, "code" | "signal">>;
  kill(signal: Deno.Signal): void;
}

export interface SuperviseOptions {
  readonly spawn: () => Child;
  /** Logs a line. */
  readonly log: (line: string) => void;
  /** Milliseconds between SIGTERM and SIGKILL. @default 10_000 */
  readonly grace?: number;
}

/** Runs one child process at a time, since two would use the same port. */
export interface Supervisor {
  start(): void;
  /**
   * Stops the child, if there is one, and starts a new one. Calls during a restart cause one more restart
   * after it.
   */
  restart(): void;
  /** Stops the child for good. Resolves when it has exited. */
  stop(): Promise<void>;
  /** Kills the child. */
  kill(): void;
}

/**
 * Stops a child with SIGTERM, and with SIGKILL after the grace period. A child that exits by itself is not
 * started again before the next restart.
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
      // It has just exited.
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
