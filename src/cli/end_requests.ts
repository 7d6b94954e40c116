import { loggerOf, ofNoRequest } from "../log/logger.ts";
import type { App } from "../server/app.ts";

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
  const log = loggerOf("server");
  for (const { id, method, path, began } of app.underWay()) {
    const ms = Math.round(performance.now() - began);
    log.error("request left unfinished", { id, method, path, ms });
  }
  log.error("requests did not end in time; stopping without them", {
    requests: app.underWay().length,
    seconds,
  });
}

/** Whether it settles in time, whatever it comes to. */
export async function settlesWithin(
  promise: Promise<unknown>,
  milliseconds: number,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
