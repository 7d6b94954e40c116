import type { RequestOptions } from "node:https";
import { resolve } from "node:path";
import { findHome, runFolders } from "../config/home.ts";
import { RUN_DIR_VARIABLE } from "../config/names.ts";
import { look, type Looked } from "../daemon/pid_file.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";

/** Flags of all commands for the background server. */
export type RunFlags = {
  /** The folder of its pid file and log. */
  readonly runDir?: string;
};

/** The run directory of a background server; paths are absolute. */
export interface RunFolder {
  readonly path: string;
  readonly pidFile: string;
  readonly log: string;
  /** Whether `--run-dir` or the environment variable names it. */
  readonly isNamed: boolean;
}

/** The run directory: from `--run-dir`, from the environment, or from {@link findHome}. */
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

/** The message for a run directory without a running server, with a hint at other directories. */
export function stoppedIn(folder: RunFolder): string {
  return `argocd-configurer is stopped (run directory ${folder.path})\n${otherPlaces(folder)}`;
}

/**
 * Hints at other run directories of this user that have a pid file: lines that end in a line break.
 * Empty if a flag or variable names the run directory.
 */
export function otherPlaces({ path, isNamed }: RunFolder): string {
  if (isNamed) return "";
  return runFolders().filter((other) => other !== path && isFile(`${other}/${PID_FILE}`))
    .map((other) => `There is a ${PID_FILE} in ${other}: for that server, use --run-dir ${other}\n`)
    .join("");
}

export function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Looks for the server of this run directory. @throws {Failure} when the pid file cannot be read */
export async function lookIn({ pidFile }: RunFolder): Promise<Looked> {
  try {
    return await look(pidFile);
  } catch (error) {
    throw new Failure(`Cannot read ${pidFile}: ${reasonOf(error)}`);
  }
}

/** @throws {Failure} always: the process that holds the pid file is unknown */
export function unclear({ pidFile }: RunFolder): never {
  throw new Failure(
    `Cannot determine which process holds ${pidFile}: another program changed the file, or ` +
      `another user owns it. Find the process with 'fuser ${pidFile}'`,
  );
}

/** Whether the server at this URL is healthy, within two seconds. */
export async function isHealthy(url: string): Promise<boolean> {
  return await statusOf(`${url}/health`) === 200;
}

/** Whether the server at this URL requires a token; `undefined` if its response does not show it. */
export async function requiresToken(url: string): Promise<boolean | undefined> {
  const status = await statusOf(`${url}/clusters`);
  // 429: too many requests without a token.
  return status === 401 || status === 429 ? true : status === 200 ? false : undefined;
}

/**
 * The status of the response; `undefined` without one in time. The request holds nothing secret, so
 * the server's certificate is not verified.
 */
async function statusOf(url: string, milliseconds = 2000): Promise<number | undefined> {
  const { get } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const signal = AbortSignal.timeout(milliseconds);
  return await new Promise((resolve) => {
    // After some responses, such as 101, the request emits no further event.
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
