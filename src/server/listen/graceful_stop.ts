import { settlesWithin } from "../../async/timed.ts";
import type { Settings } from "../../config/schema.ts";
import { longestRequest } from "../../credentials/longest_request.ts";
import { ofNoRequest } from "../../log/logger.ts";
import { observe } from "../../observe/observe.ts";
import type { App } from "../app.ts";

/** Time for connections to close after all requests have finished, in milliseconds. */
export const LINGER = 1000;

/** Time for the final steps, such as writing pending audit entries, in milliseconds. */
export const CLOSING = 5000;

/** Seconds that `stop` waits longer than the server's own limit. */
const SPARE = 5;

/** Limit of servers of older versions, which do not report theirs, in seconds. */
const OF_OLDER = 120;

/**
 * Seconds within which a server stops after a signal: the longest request, lingering connections and the
 * final steps. Then it stops even with active requests. Process managers must wait longer before they kill
 * it: `TimeoutStopSec`, `terminationGracePeriodSeconds`, `stop --timeout`.
 */
export function stopSeconds({ kubectl_timeout: seconds }: Pick<Settings, "kubectl_timeout">) {
  return Math.ceil(longestRequest(seconds) + (LINGER + CLOSING) / 1000);
}

/** Seconds after which `stop` kills a server. @param stopSeconds limit that the server reports */
export function killAfter(stopSeconds = OF_OLDER): number {
  return stopSeconds + SPARE;
}

/**
 * Waits for active requests, up to a limit; requests that are still active then are logged.
 * @param seconds longer than the deadline of any request
 * @returns whether all requests have finished
 */
export async function endRequests(
  app: Pick<App, "drain" | "activeRequests">,
  seconds: number,
): Promise<boolean> {
  if (await settlesWithin(app.drain(), seconds * 1000)) return true;
  ofNoRequest(() => logUnfinished(app, seconds));
  return false;
}

function logUnfinished(app: Pick<App, "activeRequests">, seconds: number): void {
  for (const { id, method, path, began } of app.activeRequests()) {
    const ms = Math.round(performance.now() - began);
    observe("server.request_unfinished", { id, method, path, ms });
  }
  observe("server.stop_timeout", {
    requests: app.activeRequests().length,
    seconds,
  });
}
