import type { RequestAnswered } from "../observe/events.ts";
import { observe } from "../observe/observe.ts";

/** Longest path that is logged, in characters. */
export const MAX_PATH = 200;

/** What probes ask for. */
export const HEALTH_PATH = "/health";

const PROBES: ReadonlySet<string> = new Set([HEALTH_PATH, "/api/v1/health"]);

/**
 * One line a request. Probes that are answered as ever are told at debug: a crowd of them would turn
 * over all logs within a minute, and take with them what is in those.
 * @param began when it came, as `performance.now()` counts
 */
export function logRequest(began: number, request: Omit<RequestAnswered, "ms">): void {
  const { path, status } = request;
  observe(PROBES.has(path) && status === 200 ? "server.probe" : "server.request", {
    ...request,
    path: path.slice(0, MAX_PATH),
    ms: Math.round(performance.now() - began),
  });
}
