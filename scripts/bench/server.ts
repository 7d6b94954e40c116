import { join } from "node:path";
import { V8_FLAGS } from "../build/v8_flags.ts";

/** The command that runs the program from source, for {@link startServer}, without its arguments. */
export const PROGRAM: readonly string[] = [
  ...V8_FLAGS,
  join(import.meta.dirname!, "..", "..", "main.ts"),
];

/** A server in its own process, as users run it. */
export interface ServerProcess {
  readonly url: string;
  /** Resident memory in MB. */
  residentMemory(): Promise<number>;
  /** Peak resident memory in MB. */
  peakMemory(): Promise<number>;
  stop(): Promise<void>;
  /** Kills it. */
  kill(): void;
}

/** Starts `deno run` with these arguments, its log in a file, and waits for the URL in it. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const log = await Deno.makeTempFile({ suffix: ".log" });
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'log=$1; shift; exec "$@" 2>"$log"',
      "sh",
      log,
      Deno.execPath(),
      "run",
      "-A",
      ...args,
    ],
    env: { ...env },
    stdin: "null",
    stdout: "null",
  }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  let url: string | undefined;
  while (url === undefined) {
    const text = await Deno.readTextFile(log);
    url = /(http:\/\/127\.0\.0\.1:[0-9]+)/.exec(text)?.[1];
    if (ended) throw new Error(`The server exited: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const memory = async (pattern: RegExp) => {
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
    return Number(pattern.exec(status)?.[1]) / 1024;
  };
  return {
    url,
    residentMemory: () => memory(/VmRSS:\s+([0-9]+) kB/),
    peakMemory: () => memory(/VmHWM:\s+([0-9]+) kB/),
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(log);
    },
    kill() {
      child.kill("SIGKILL");
      child.status.then(() => Deno.remove(log));
    },
  };
}
