import type { RequestOptions } from "node:https";
import { resolve } from "node:path";
import { findHome, runFolders } from "../config/home.ts";
import { RUN_DIR_VARIABLE } from "../config/names.ts";
import { look, type Looked } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/** Of the commands that have to do with the server in the background. */
export type RunFlags = {
  /** Where its pid file and log are. */
  readonly runDir?: string;
};

/** Absolute paths. */
export interface RunFolder {
  readonly path: string;
  readonly pidFile: string;
  readonly log: string;
  /** Whether a flag or a variable names it. */
  readonly isNamed: boolean;
}

/** That of `--run-dir`, of the environment, or of the home. @see {@link findHome} */
export function runFolder({ runDir }: RunFlags): RunFolder {
  const named = runDir ?? (Deno.env.get(RUN_DIR_VARIABLE) || undefined);
  const path = named === undefined ? findHome().runFolder : resolve(named);
  return {
    path,
    pidFile: `${path}/${PID_FILE}`,
    log: `${path}/server.log`,
    isNamed: named !== undefined,
  };
}

const PID_FILE = "server.pid";

/** What is to be said of a folder where no server runs. */
export function notRunning(folder: RunFolder): string {
  return `Not running (run directory ${folder.path})\n${otherPlaces(folder)}`;
}

/**
 * Where else a server of this user may run, for who finds none in the folder that was looked up: lines
 * that end in a line break.
 */
export function otherPlaces({ path, isNamed }: RunFolder): string {
  if (isNamed) return "";
  return runFolders().filter((other) => other !== path && isFile(`${other}/${PID_FILE}`))
    .map((other) => `A ${PID_FILE} is in ${other}: for that server give --run-dir ${other}\n`)
    .join("");
}

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Looks for the server of this folder. @throws {Failure} */
export async function lookIn({ pidFile }: RunFolder): Promise<Looked> {
  try {
    return await look(pidFile);
  } catch (error) {
    throw new Failure(`Cannot read ${pidFile}: ${reasonOf(error)}`);
  }
}

/** @throws {Failure} always: which process to talk to cannot be told */
export function unclear({ pidFile }: RunFolder): never {
  throw new Failure(
    `Cannot tell which process holds ${pidFile}: the file was changed by somebody else, or ` +
      `belongs to another user. 'fuser ${pidFile}' names the process`,
  );
}

/** Whether the server at this URL answers, and in time. */
export async function isHealthy(url: string): Promise<boolean> {
  return await statusOf(`${url}/health`) === 200;
}

/** Whether the server at this URL asks for a token; `undefined` when that cannot be told. */
export async function isAskedForToken(url: string): Promise<boolean | undefined> {
  const status = await statusOf(`${url}/clusters`);
  // 429: too many came without one.
  return status === 401 || status === 429 ? true : status === 200 ? false : undefined;
}

/**
 * The status of an answer, where one comes in time. Nothing secret is said, so that it does not
 * matter for which name the server's certificate is, nor by whom.
 */
async function statusOf(url: string, milliseconds = 2000): Promise<number | undefined> {
  const { get } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const signal = AbortSignal.timeout(milliseconds);
  return await new Promise((resolve) => {
    // After some answers, 101 for one, the request has no event any more.
    signal.addEventListener("abort", () => resolve(undefined));
    const request = get(url, {
      rejectUnauthorized: false,
      signal,
    } as RequestOptions, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", () => resolve(undefined));
  });
}
