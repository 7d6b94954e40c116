import type { App } from "./app.ts";
import { HEALTH_PATH, logRequest } from "./log_request.ts";
import { bodyText, JSON_HEADERS, REQUEST_ID_HEADER, requestIdOf } from "./headers.ts";
import { health } from "../operations/health.ts";

/** Receives all requests, while the app behind it is loaded or replaced. */
export interface Front extends App {
  /**
   * Sends new requests to another app. Resolves when the previous app has finished its requests: only then
   * may its resources be closed.
   */
  replace(app: App): Promise<void>;
}

/**
 * Answers a plain `GET /health` of a probe itself, even before the app is loaded: a start is quick and a
 * probe is cheap. The app handles all other requests, and also /health for a web page or during shutdown.
 * @param load loads the app at the first request
 */
export function front(load: () => App | Promise<App>): Front {
  let app: App | undefined;
  let loading: Promise<App> | undefined;
  let draining = false;
  /** Replaced apps with active requests. */
  const ending = new Map<Promise<void>, App | undefined>();

  function loaded(): Promise<App> {
    return loading ??= Promise.try(load).then((first) => {
      if (draining) void first.drain();
      return app = first;
    }).catch((error) => {
      loading = undefined; // the next request retries
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
    // Loads the app after this response; an error is reported by the request that needs the app.
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
    activeRequests: () => [...ending.values(), app].flatMap((each) => each?.activeRequests() ?? []),
  };
}

/** The path of an absolute URL with its query. */
function pathOf(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}
