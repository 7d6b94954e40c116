import { runFolder } from "./run_folder.ts";
import { settingArguments } from "./setting_flags.ts";
import { type StartFlags, startIn } from "./start.ts";
import { stopIn } from "./stop.ts";

export type RestartFlags = StartFlags & {
  /** Seconds until it is killed. */
  readonly timeout?: number;
};

/** Stops the server and starts it again: with the flags given, or as it was started before. */
export async function restart(flags: RestartFlags): Promise<number> {
  const folder = runFolder(flags);
  const given = settingArguments(flags);
  const { record } = await stopIn(folder, flags.timeout);
  return record === undefined || given.length > 0
    ? await startIn(folder, given, Deno.cwd(), flags.wait)
    : await startIn(folder, record.args, record.cwd, flags.wait);
}
