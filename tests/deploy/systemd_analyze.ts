import { findTool } from "./tools.ts";

/** systemd-analyze, which no running systemd is needed for. */
export const findSystemdAnalyze = (): Promise<string | undefined> =>
  findTool("systemd-analyze", "systemd");
