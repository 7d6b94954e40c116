import { resolve } from "node:path";
import { look, type Looked } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";

/** Of the commands that have to do with the server in the background. */
export type RunFlags = {
  /** Where its pid file and log are. */
  readonly runDir?: string;
};

export interface RunFolder {
  readonly path: string;
  readonly pidFile: string;
  readonly log: string;
}

/** `server.pid` and `server.log` in the working directory, or in `--run-dir`. */
export function runFolder({ runDir = "." }: RunFlags): RunFolder {
  const path = resolve(runDir);
  return { path, pidFile: `${path}/server.pid`, log: `${path}/server.log` };
}

/** Looks for the server of this folder. @throws {Failure} */
export async function lookIn({ pidFile }: RunFolder): Promise<Looked> {
  try {
    return await look(pidFile);
  } catch (error) {
    throw new Failure(`Cannot read ${pidFile}: ${(error as Error).message}`);
  }
}

/** @throws {Failure} always: which process to talk to cannot be told */
export function unclear({ pidFile }: RunFolder): never {
  throw new Failure(
    `Cannot tell which process holds ${pidFile}: it was changed by somebody else. ` +
      `Find it by 'fuser ${pidFile}' and end it by hand`,
  );
}

/** Whether the server at this URL answers, and in time. */
export async function isHealthy(url: string, milliseconds = 2000): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(milliseconds) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
