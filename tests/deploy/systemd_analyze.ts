import { realWorld } from "../../scripts/control_plane/cache.ts";
import { installedProgram } from "../../scripts/control_plane/debian.ts";

/** systemd-analyze, which needs no running systemd. */
export const findSystemdAnalyze = (): Promise<string | undefined> =>
  installedProgram("systemd-analyze", "systemd", realWorld);
