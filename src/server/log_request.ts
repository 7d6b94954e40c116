import { logEvent, type Logger } from "../log/logger.ts";

export interface RequestEvent {
  readonly id: string;
  readonly method: string;
  /** Without the query, which may hold anything. */
  readonly path: string;
  readonly status: number;
  /** The token's name, where there is one. */
  readonly who?: string;
  /** The address of the client, where it was asked for. */
  readonly from?: string;
  /** The cluster that it is about. */
  readonly cluster?: string;
  /** Why the client did not get the whole of a stream. */
  readonly cut?: string;
  /** When it came, as `performance.now()` counts. */
  readonly began: number;
}

/** Longest path that is logged, in characters. */
export const MAX_PATH = 200;

/** What probes ask for. */
export const HEALTH_PATH = "/health";

const PROBES: ReadonlySet<string> = new Set([HEALTH_PATH, "/api/v1/health"]);

/**
 * One line a request. Probes that are answered as ever are told at debug: a crowd of them would turn
 * over all logs within a minute, and take with them what is in those.
 */
export function logRequest(log: Logger, event: RequestEvent): void {
  const { id, method, path, status, who, from, cluster, cut, began } = event;
  const level = PROBES.has(path) && status === 200 ? "debug" : "info";
  logEvent(log, level, "request", {
    id,
    method,
    path: path.slice(0, MAX_PATH),
    status,
    who,
    from,
    cluster,
    cut,
    ms: Math.round(performance.now() - began),
  });
}
