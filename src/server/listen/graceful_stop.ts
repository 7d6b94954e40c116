import { settlesWithin } from "../../async/timed.ts";
import type { Settings } from "../../config/schema.ts";
import { longestRequest } from "../../credentials/longest_request.ts";
import { ofNoRequest } from "../../log/logger.ts";
import { observe } from "../../observe/observe.ts";
import type { App } from "../app.ts";

/** How long connections may linger when all requests are answered, in milliseconds. */
export const LINGER = 1000;

/** How long the last of the program may take, to write what its audit log owes, in milliseconds. */
export const CLOSING = 5000;

/** Seconds that `stop` allows beyond what the server allows itself. */
const SPARE = 5;

/** What a server of an older version, which does not say it, was given. */
const OF_OLDER = 120;

/**
 * Seconds within which a server ends that is asked to: its longest request, the connections that
 * linger, and its last lines. Then it ends even with requests under way. Who kills it has to wait
 * for longer: `TimeoutStopSec`, `terminationGracePeriodSeconds`, `stop --timeout`.
 */
export function stopSeconds({ kubectl_timeout: seconds }: Pick<Settings, "kubectl_timeout">) {
  return Math.ceil(longestRequest(seconds) + (LINGER + CLOSING) / 1000);
}

/** Seconds after which `stop` kills a server that says this of itself. */
export function killAfter(stopSeconds = OF_OLDER): number {
  return stopSeconds + SPARE;
}

/**
 * Lets requests under way end, but not for ever: what is left when the time is over is logged.
 * @param seconds more than any of them takes by its own deadlines
 * @returns whether all have ended
 */
export async function endRequests(
  app: Pick<App, "drain" | "underWay">,
  seconds: number,
): Promise<boolean> {
  if (await settlesWithin(app.drain(), seconds * 1000)) return true;
  ofNoRequest(() => logUnfinished(app, seconds));
  return false;
}

function logUnfinished(app: Pick<App, "underWay">, seconds: number): void {
  for (const { id, method, path, began } of app.underWay()) {
    const ms = Math.round(performance.now() - began);
    observe("server.request_unfinished", { id, method, path, ms });
  }
  observe("server.stop_timeout", {
    requests: app.underWay().length,
    seconds,
  });
}
