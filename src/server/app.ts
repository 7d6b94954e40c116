import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { loggerOf } from "../log/logger.ts";
import { type Answer, bodyText, envelope, HEADERS } from "./answer.ts";
import type { Endpoint, Env, Handle, ServerDeps } from "./endpoint.ts";
import { clientAddress } from "./client_address.ts";
import { HttpError } from "./http_error.ts";
import { accessLog } from "./middleware/access_log.ts";
import { anonymous, authenticate } from "./middleware/authenticate.ts";
import { atOnce } from "./middleware/at_once.ts";
import { bodyLimit } from "./middleware/body_limit.ts";
import { Drain, type UnderWay } from "./middleware/drain.ts";
import { guard, isAllowedOrigin } from "./middleware/guard.ts";
import { requestId } from "./middleware/request_id.ts";
import { MAX_PATH } from "./log_request.ts";
import { notingCluster } from "./noting_cluster.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { PerMinute } from "./per_minute.ts";
import { checkRole, limitedTo } from "./rights.ts";

/** Largest request body, in bytes. */
const MAX_BODY = 1024 * 1024;

export interface App {
  /** @param from tells the address of the client; asked for when it is needed */
  fetch(request: Request, from?: () => string): Response | Promise<Response>;
  /** Refuses new requests and resolves when the last one under way is answered. */
  drain(): Promise<void>;
  /** The requests that are not answered yet. */
  underWay(): readonly UnderWay[];
}

/** The HTTP edge: middleware in order, then the routes. */
export function createApp(deps: ServerDeps): App {
  const log = loggerOf("server");
  const app = new Hono<Env>();
  const drain = new Drain();
  const forbidden = new PerMinute();
  app.use(requestId());
  app.use(anonymous(deps.anyone));
  app.use(accessLog(log));
  const allowOrigins = cors({
    // A page does not know the token.
    origin: (origin) => deps.tokens || isAllowedOrigin(origin, deps) ? origin : null,
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    allowHeaders: [...deps.tokens ? ["Authorization"] : [], "Content-Type", "X-Request-Id"],
    exposeHeaders: ["X-Request-Id", "Retry-After"],
  });
  app.use((c, next) => fromPage(c) ? allowOrigins(c, next) : next());
  app.use(drain.refuse());
  route(app, ENDPOINTS.filter(isForAnyone), deps);
  app.use(deps.tokens ? authenticate(deps.tokens) : guard(deps));
  const { maxRequests = 256, bodySeconds = 10 } = deps;
  app.use(bodyLimit({ maxSize: MAX_BODY, seconds: bodySeconds, atOnce: maxRequests }));
  // Behind the body: who stalls in sending it holds up no shutdown and takes no place from others.
  app.use(drain.count());
  app.use(atOnce(maxRequests));
  route(app, ENDPOINTS.filter((endpoint) => !isForAnyone(endpoint)), deps);
  app.notFound((c) => send(c, envelope(404, "No such path; GET / names the endpoints")));
  app.onError(async (error, c) => {
    await recordRefusal(error, c);
    return send(c, errorAnswer(error, c));
  });

  /** Writes that were not allowed are on record like those that were. */
  async function recordRefusal(error: Error, c: Context<Env>): Promise<void> {
    if (!(error instanceof HttpError) || !WRITES.has(c.req.method)) return;
    // Not 429, and of 403 some a minute, so that nobody can fill the disk.
    if (error.status !== 401 && error.status !== 403) return;
    const actor = c.get("actor");
    const { isTooMany, leftOut } = error.status === 403
      ? forbidden.count(JSON.stringify([actor.name, actor.from]))
      : { isTooMany: false, leftOut: 0 };
    if (isTooMany) return;
    await deps.auditLog?.refused({
      requestId: c.get("requestId"),
      actor,
      action: `${c.req.method} ${c.req.path.slice(0, MAX_PATH)}`,
      cluster: error.cluster,
      reason: error.message,
      leftOut,
    });
  }

  function errorAnswer(error: Error, c: Context<Env>): Answer {
    if (error instanceof HttpError) {
      return { ...envelope(error.status, error.message), headers: error.headers };
    }
    const id = c.get("requestId");
    log.error("internal error", { id, error });
    return envelope(500, "Internal server error", { request_id: id });
  }

  return {
    fetch: (request, from = () => "unknown") =>
      app.fetch(request, {
        from: deps.behindProxy ? clientAddress(request.headers, from()) : from(),
      }),
    drain: () => drain.drain(),
    underWay: () => drain.underWay(),
  };
}

const isForAnyone = ({ role }: Endpoint) => role === "anyone";

/** Methods of endpoints that write. */
const WRITES: ReadonlySet<string> = new Set(["POST", "DELETE"]);

/** Routes endpoints, and every other method on their paths to 405. */
function route(app: Hono<Env>, endpoints: readonly Endpoint[], deps: ServerDeps): void {
  for (const path of new Set(endpoints.map(({ path }) => path))) {
    const there = endpoints.filter((endpoint) => endpoint.path === path);
    const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
    for (const endpoint of there) handleAt(app, pattern, endpoint, deps);
    const verbs = there.map(({ method }) => method.toUpperCase());
    const allow = verbs.flatMap((verb) => verb === "GET" ? ["GET", "HEAD"] : [verb]);
    app.all(pattern, () => {
      const message = `Use ${verbs.join(" or ")} on ${path}`;
      throw new HttpError(405, message, { Allow: [...allow, "OPTIONS"].join(", ") });
    });
  }
}

function handleAt(
  app: Hono<Env>,
  pattern: string,
  { method, role, load }: Endpoint,
  deps: ServerDeps,
): void {
  const known = { ...deps, endpoints: ENDPOINTS };
  let handle: Handle | undefined;
  app.on(method.toUpperCase(), pattern, async (c) => {
    const identity = c.get("identity");
    if (role !== "anyone") checkRole(identity, role);
    handle ??= (await load()).handle;
    const allowed = limitedTo(identity, deps.useCases);
    const useCases = notingCluster(allowed, (cluster) => c.set("cluster", cluster));
    return send(c, await handle(c, { ...known, useCases }));
  });
}

/** Only a browser asks for a page with these; the others have no use for CORS headers. */
function fromPage(c: Context<Env>): boolean {
  return c.req.method === "OPTIONS" || c.req.header("origin") !== undefined;
}

function send(c: Context<Env>, { status, body, headers }: Answer): Response {
  const text = bodyText(body);
  return c.body(text, status as 200, {
    ...HEADERS,
    ...headers,
    // The body that goes with it is taken off, and without this the length would be told as 0.
    ...(c.req.method === "HEAD" ? { "Content-Length": lengthOf(text) } : {}),
  });
}

const lengthOf = (text: string) => String(new TextEncoder().encode(text).length);
