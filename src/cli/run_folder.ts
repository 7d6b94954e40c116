import type { RequestOptions } from "node:https";
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
    `Cannot tell which process holds ${pidFile}: the file was changed by somebody else, or ` +
      `belongs to another user. 'fuser ${pidFile}' names the process`,
  );
}

/**
 * Whether the server at this URL answers, and in time. Nothing secret is said to it, so that it does
 * not matter for which name its certificate is, nor by whom.
 */
export async function isHealthy(url: string, milliseconds = 2000): Promise<boolean> {
  const { get } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  return await new Promise((resolve) => {
    const request = get(`${url}/health`, {
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(milliseconds),
    } as RequestOptions, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("error", () => resolve(false));
  });
}
