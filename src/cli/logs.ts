import { follow, lastLines } from "../daemon/log_tail.ts";
import { Failure } from "./failure.ts";
import { otherPlaces, type RunFlags, runFolder } from "./run_folder.ts";
import { print } from "./terminal.ts";

export type LogsFlags = RunFlags & {
  /** Whether to print new lines until Ctrl-C. */
  readonly follow?: boolean;
  readonly lines?: number;
};

/** Shows the end of the log; with `follow`, also new lines until Ctrl-C. */
export async function logs(flags: LogsFlags): Promise<number> {
  const folder = runFolder(flags);
  const { log, path } = folder;
  let lines: string[];
  try {
    lines = await lastLines(log, flags.lines ?? 50);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? `no server was started with run directory ${path}. Use --run-dir for another one`
      : (error as Error).message;
    throw new Failure(`Cannot read ${log}: ${why}\n${otherPlaces(folder)}`.trimEnd());
  }
  print(lines.map((line) => line + "\n").join(""));
  if (!flags.follow) return 0;
  const decoder = new TextDecoder();
  const never = new AbortController().signal; // Ctrl-C stops the process
  await follow(log, (bytes) => print(decoder.decode(bytes, { stream: true })), never);
  return 0;
}
