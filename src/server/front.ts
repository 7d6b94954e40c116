import type { App } from "./app.ts";
import { HEALTH_PATH, logRequest } from "./log_request.ts";
import { bodyText, JSON_HEADERS, REQUEST_ID_HEADER, requestIdOf } from "./headers.ts";
import { health } from "../operations/health.ts";

/** What listens: it stays while the app behind it is loaded, or replaced by another one. */
export interface Front extends App {
  /**
   * Gives new requests to another app, and resolves when the one before has answered its last to the
   * end: only then may what it uses be closed.
   */
  replace(app: App): Promise<void>;
}

/**
 * Answers a probe's plain `GET /health` by itself: before the app is loaded, so that a start need
 * not wait for that, and for less than the way through the router costs. Everything else goes to
 * the app; /health too, when it is asked by a page or during a shutdown.
 * @param load gives the app when the first request has come
 */
export function front(load: () => App | Promise<App>): Front {
  let app: App | undefined;
  let loading: Promise<App> | undefined;
  let draining = false;
  /** Apps that were replaced and still have requests. */
  const ending = new Map<Promise<void>, App | undefined>();

  function loaded(): Promise<App> {
    return loading ??= Promise.try(load).then((first) => {
      if (draining) void first.drain();
      return app = first;
    }).catch((error) => {
      loading = undefined; // the next request tries again
      throw error;
    });
  }

  function answerHealth(request: Request): Response | undefined {
    const began = performance.now();
    if (draining || request.method !== "GET" || pathOf(request.url) !== HEALTH_PATH) {
      return undefined;
    }
    const { headers } = request;
    if (headers.has("origin")) return undefined;
    const id = requestIdOf(headers.get(REQUEST_ID_HEADER));
    const response = new Response(bodyText(health()), {
      headers: { ...JSON_HEADERS, [REQUEST_ID_HEADER]: id },
    });
    logRequest(began, { id, method: "GET", path: HEALTH_PATH, status: 200 });
    // When this is answered; what is wrong with it, the request that needs it is told.
    if (loading === undefined) queueMicrotask(() => void loaded().catch(() => {}));
    return response;
  }

  return {
    fetch: (request, from) =>
      answerHealth(request) ?? app?.fetch(request, from) ??
        loaded().then((app) => app.fetch(request, from)),
    async replace(next) {
      const before = await loading?.catch(() => undefined);
      app = next;
      loading = Promise.resolve(next);
      if (draining) void next.drain();
      const ended = (before?.drain() ?? Promise.resolve()).finally(() => ending.delete(ended));
      ending.set(ended, before);
      await ended;
    },
    async drain() {
      draining = true;
      await (await loading?.catch(() => undefined))?.drain();
      while (ending.size > 0) await Promise.all(ending.keys());
    },
    underWay: () => [...ending.values(), app].flatMap((each) => each?.underWay() ?? []),
  };
}

/** The path of an absolute URL with its query. */
function pathOf(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}
