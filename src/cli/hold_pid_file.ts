import type { LoadedConfig } from "../config/load.ts";
import { type Settings, withBound } from "../config/schema.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { observe } from "../observe/observe.ts";
import { stopSeconds } from "../server/listen/graceful_stop.ts";
import { Failure } from "./failure.ts";
import { asksForTokens } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import { inEffect, settingArguments, type SettingFlags } from "./setting_flags.ts";
import { VERSION } from "./version.ts";

/**
 * Says in a file that this process serves, and with what.
 * @param config with which it begins
 * @throws {Failure} when another server holds the file
 */
export async function holdPidFile(path: string, flags: SettingFlags, config: LoadedConfig) {
  const { file, settings: bound } = config;
  const { claim } = await import("../daemon/pid_file.ts");
  const of = (settings: Settings) => ({
    settings: inEffect({ file, settings: withBound(settings, bound) }),
    asksForTokens: asksForTokens(settings),
  });
  let record: ServerRecord = {
    pid: Deno.pid,
    version: VERSION,
    started: new Date(),
    cwd: Deno.cwd(),
    args: settingArguments(flags),
    ...of(bound),
    stopSeconds: stopSeconds(bound),
  };
  try {
    const claimed = await claim(path, record);
    if (claimed) {
      const { publish, release } = claimed;
      const tell = (more: Partial<ServerRecord>) => publish(record = { ...record, ...more });
      const retell = (more: Partial<ServerRecord>) => {
        try {
          tell(more);
        } catch (error) { // a full disk, say; what it tells of the process is as before
          observe("server.pid_file_unwritable", { reason: reasonOf(error) });
        }
      };
      return {
        publish: (url: string) => tell({ url }),
        /** Says what is in effect from now on; what it listens with stays. */
        change: (settings: Settings, stopSeconds: number) =>
          retell({ ...of(settings), stopSeconds }),
        /** Says that it may need longer to stop from now on. */
        changeStop: (stopSeconds: number) => retell({ stopSeconds }),
        release,
      };
    }
  } catch (error) {
    throw new Failure(`Cannot write pid file ${path}: ${reasonOf(error)}`);
  }
  throw new Failure(`Cannot serve: another server holds ${path}`);
}
