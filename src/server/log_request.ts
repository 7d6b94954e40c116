import { type Logger, logInfo } from "../log/logger.ts";

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
  /** When it came, as `performance.now()` counts. */
  readonly began: number;
}

/** Longest path that is logged, in characters. */
export const MAX_PATH = 200;

/** One line a request. */
export function logRequest(log: Logger, event: RequestEvent): void {
  const { id, method, path, status, who, from, cluster, began } = event;
  logInfo(log, "request", {
    id,
    method,
    path: path.slice(0, MAX_PATH),
    status,
    who,
    from,
    cluster,
    ms: Math.round(performance.now() - began),
  });
}
