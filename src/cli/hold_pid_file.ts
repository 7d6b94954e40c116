import type { LoadedConfig } from "../config/load.ts";
import { type Settings, withBound } from "../config/schema.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { observe } from "../observe/observe.ts";
import { stopSeconds } from "../server/listen/graceful_stop.ts";
import { Failure } from "./failure.ts";
import { areTokensRequired } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import { inEffect, settingArguments, type SettingFlags } from "./setting_flags.ts";
import { VERSION } from "./version.ts";

/**
 * Holds the pid file for this process, and records the URL and the settings in effect in it.
 * @param config at the start
 * @throws {Failure} when another server holds the file, or it cannot be written
 */
export async function holdPidFile(path: string, flags: SettingFlags, config: LoadedConfig) {
  const { file, settings: bound } = config;
  const { claim } = await import("../daemon/pid_file.ts");
  const of = (settings: Settings) => ({
    settings: inEffect({ file, settings: withBound(settings, bound) }),
    asksForTokens: areTokensRequired(settings),
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
      const save = (more: Partial<ServerRecord>) => publish(record = { ...record, ...more });
      const update = (more: Partial<ServerRecord>) => {
        try {
          save(more);
        } catch (error) { // such as a full disk; the file keeps the previous record
          observe("server.pid_file_unwritable", { reason: reasonOf(error) });
        }
      };
      return {
        publish: (url: string) => save({ url }),
        /** Records settings after a reload; those of the listener do not change. */
        change: (settings: Settings, stopSeconds: number) =>
          update({ ...of(settings), stopSeconds }),
        /** Records that a stop may take longer. */
        changeStop: (stopSeconds: number) => update({ stopSeconds }),
        /** Records that the log has the clusters that cannot be used. */
        sawClusters: () => update({ sawClusters: true }),
        release,
      };
    }
  } catch (error) {
    throw new Failure(`Cannot write pid file ${path}: ${reasonOf(error)}`);
  }
  throw new Failure(`Cannot serve: another running server holds pid file ${path}`);
}
