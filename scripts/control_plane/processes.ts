/** The processes of a control plane, which are stopped even if their parent is killed. */
import { dirname } from "node:path";

/**
 * A watchdog that reads process ids, one a line. When its standard input closes because the parent died, it
 * kills these processes and removes the folder, which is its argument.
 */
const watchdogScript = `
pids=
while read -r pid; do pids="$pids $pid"; done
[ -z "$pids" ] || kill -TERM $pids 2>/dev/null
sleep 1
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
rm -rf -- "$1"
`;

export interface Process {
  name: string;
  logFile: string;
  /** Resolves with the exit code. */
  ended: Promise<number>;
}

export interface Processes {
  /** Starts a program whose output goes to `logFile`. */
  start(name: string, command: string, args: string[], logFile: string): Promise<Process>;
  /** Stops every process that was started here: SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Each process has its own group, so that Ctrl-C in a terminal reaches only the parent, which then stops
 * them in order.
 * @param folder removed by the watchdog when the parent dies without calling `stop`
 */
export function startProcesses(folder: string): Processes {
  const watchdog = new Deno.Command("/bin/sh", {
    args: ["-c", watchdogScript, "control-plane-watchdog", folder],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  const watched = watchdog.stdin.getWriter();
  const children: Deno.ChildProcess[] = [];

  return {
    async start(name, command, args, logFile) {
      const child = new Deno.Command("/bin/sh", {
        args: ["-c", 'exec "$@" >"$0" 2>&1', logFile, command, ...args],
        cwd: dirname(logFile),
        env: {
          GOGC: "300", // less CPU time for more memory
          ...(Deno.build.arch === "aarch64" ? { ETCD_UNSUPPORTED_ARCH: "arm64" } : {}),
        },
        stdin: "null",
        stdout: "null",
        stderr: "null",
        detached: true,
      }).spawn();
      children.push(child);
      await watched.write(new TextEncoder().encode(`${child.pid}\n`));
      return { name, logFile, ended: child.status.then((status) => status.code) };
    },

    async stop(graceMs = 5000) {
      const newestFirst = children.splice(0).reverse(); // the API server before its etcd
      for (const child of newestFirst) await end(child, graceMs);
      signal(watchdog, "SIGKILL");
      await watchdog.status;
      await watched.abort().catch(() => {});
    },
  };
}

async function end(child: Deno.ChildProcess, graceMs: number): Promise<void> {
  signal(child, "SIGTERM");
  const timer = setTimeout(() => signal(child, "SIGKILL"), graceMs);
  await child.status;
  clearTimeout(timer);
}

/** Ignores processes that have exited. */
function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
