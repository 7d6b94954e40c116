import type { RequestAnswered } from "../observe/events.ts";
import { observe } from "../observe/observe.ts";

/** Maximum length of a logged path, in characters. */
export const MAX_PATH = 200;

/** Path of health probes. */
export const HEALTH_PATH = "/health";

const PROBES: ReadonlySet<string> = new Set([HEALTH_PATH, "/api/v1/health"]);

/**
 * Logs a request in one line. Successful probes are logged at debug level: many of them would rotate other
 * lines out of the log files.
 * @param began start of the request by `performance.now()`
 */
export function logRequest(began: number, request: Omit<RequestAnswered, "ms">): void {
  const { path, status } = request;
  observe(PROBES.has(path) && status === 200 ? "server.probe" : "server.request", {
    ...request,
    path: path.slice(0, MAX_PATH),
    ms: Math.round(performance.now() - began),
  });
}
