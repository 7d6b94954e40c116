import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { observe } from "../observe/observe.ts";
import { OperationError } from "../operations/errors.ts";
import { type OperationRoute, routesOf } from "../operations/routes.ts";
import { actionOf, bind } from "./bind.ts";
import { clientAddress } from "./client_address.ts";
import type { Env, ServerDeps } from "./env.ts";
import { errorReply } from "./face.ts";
import { accessLog } from "./middleware/access_log.ts";
import { anonymous, authenticate } from "./middleware/authenticate.ts";
import { atOnce } from "./middleware/at_once.ts";
import { bodyLimit } from "./middleware/body_limit.ts";
import { Drain, type UnderWay } from "./middleware/drain.ts";
import { guard, isAllowedOrigin } from "./middleware/guard.ts";
import { paceRefusals } from "./middleware/pace_refusals.ts";
import { requestId } from "./middleware/request_id.ts";
import { send } from "./send.ts";

/** Largest request body, in bytes. */
const MAX_BODY = 1024 * 1024;

export interface App {
  /** @param from tells the address of the client; asked for when it is needed */
  fetch(request: Request, from?: () => string): Response | Promise<Response>;
  /** Refuses new requests and resolves when the last one under way is answered to its end. */
  drain(): Promise<void>;
  /** The requests that are not answered yet, or not to the end of a stream. */
  underWay(): readonly UnderWay[];
}

/** The HTTP edge: middleware in order, then the operations. */
export function createApp(deps: ServerDeps): App {
  const { services, tokens } = deps;
  const { auditLog, operations } = services;
  const app = new Hono<Env>();
  const drain = new Drain();
  const hasTokens = tokens !== undefined;
  const gates = { ...deps.gates, hasTokens };
  const routes = routesOf(operations);
  const isForAnyone = ({ operation }: OperationRoute) => operation.role === "anyone";
  app.use(requestId());
  app.use(anonymous());
  app.use(accessLog());
  const allowOrigins = cors({
    // A page does not know the token.
    origin: (origin) => hasTokens || isAllowedOrigin(origin, deps) ? origin : null,
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    allowHeaders: [...hasTokens ? ["Authorization"] : [], "Content-Type", "X-Request-Id"],
    exposeHeaders: ["X-Request-Id", "Retry-After"],
  });
  app.use((c, next) => fromPage(c) ? allowOrigins(c, next) : next());
  app.use(drain.refuse());
  app.use(paceRefusals(() => drain.isDraining));
  bind(app, routes.filter(isForAnyone), { services, gates, through: [] });
  app.use(tokens ? authenticate(tokens) : guard(deps));
  const { maxRequests = 256, bodySeconds = 10 } = deps;
  const through = [
    bodyLimit({ maxSize: MAX_BODY, seconds: bodySeconds, atOnce: maxRequests, hasTokens }),
    // Behind the body: who stalls in sending it holds up no shutdown and takes no place from others.
    drain.count(),
    atOnce(maxRequests),
  ];
  bind(app, routes.filter((route) => !isForAnyone(route)), { services, gates, through });
  app.notFound((c) => send(c, errorReply(new OperationError("path_not_found", {}), c.req)));
  app.onError(async (thrown, c) => {
    const error = thrown instanceof OperationError ? thrown : bugOf(thrown, c);
    await recordRefusal(error, c);
    return send(c, errorReply(error, c.req));
  });

  function bugOf(error: Error, c: Context<Env>): OperationError {
    const id = c.get("requestId");
    observe("server.internal_error", { id, error });
    return new OperationError("internal", {}, { body: { request_id: id } });
  }

  /** Writes that were not allowed are on record like those that were. */
  async function recordRefusal(error: OperationError, c: Context<Env>): Promise<void> {
    if (error.status !== 401 && error.status !== 403) return;
    if (!WRITES.has(c.req.method)) return;
    await auditLog?.refused({
      requestId: c.get("requestId"),
      actor: c.get("actor"),
      action: actionOf(c),
      cluster: error.cluster,
      reason: error.message,
      isKnown: hasTokens && error.status === 403,
    });
  }

  return {
    fetch: (request, from = () => "unknown") =>
      app.fetch(request, { from: clientAddress(request.headers, from(), deps.behindProxy) }),
    drain: () => drain.drain(),
    underWay: () => drain.underWay(),
  };
}

/** Methods of operations that do more than look. */
const WRITES: ReadonlySet<string> = new Set(["POST", "DELETE"]);

/** Only a browser asks for a page with these; the others have no use for CORS headers. */
function fromPage(c: Context<Env>): boolean {
  return c.req.method === "OPTIONS" || c.req.header("origin") !== undefined;
}
