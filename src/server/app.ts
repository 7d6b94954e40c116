import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { observe } from "../observe/observe.ts";
import { OperationError } from "../operations/errors.ts";
import { type OperationRoute, routesOf } from "../operations/routes.ts";
import { actionOf, bind } from "./bind.ts";
import { clientAddress } from "./client_address.ts";
import type { Env, ServerDeps } from "./env.ts";
import { errorReplyAt } from "./face.ts";
import { accessLog } from "./middleware/access_log.ts";
import { anonymous, authenticate } from "./middleware/authenticate.ts";
import { atOnce } from "./middleware/at_once.ts";
import { bodyLimit } from "./middleware/body_limit.ts";
import { type ActiveRequest, Drain } from "./middleware/drain.ts";
import { guard, isAllowedOrigin } from "./middleware/guard.ts";
import { paceRefusals } from "./middleware/pace_refusals.ts";
import { requestId } from "./middleware/request_id.ts";
import { sendReply } from "./send.ts";

/** Maximum size of a request body, in bytes. */
const MAX_BODY = 1024 * 1024;

export interface App {
  /** @param from returns the client's address; called only when needed */
  fetch(request: Request, from?: () => string): Response | Promise<Response>;
  /** Rejects new requests; resolves when all active requests have finished, including their streams. */
  drain(): Promise<void>;
  /** Active requests, including those whose stream has not ended. */
  activeRequests(): readonly ActiveRequest[];
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
    // With tokens, any origin is safe: a page of another site does not know a token.
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
    // After the body: a client that stalls while sending it delays no shutdown and takes no slot.
    drain.count(),
    atOnce(maxRequests),
  ];
  bind(app, routes.filter((route) => !isForAnyone(route)), { services, gates, through });
  app.notFound((c) => sendReply(c, errorReplyAt(new OperationError("path_not_found", {}), c.req)));
  app.onError(async (thrown, c) => {
    const error = thrown instanceof OperationError ? thrown : bugOf(thrown, c);
    await recordRefusal(error, c);
    return sendReply(c, errorReplyAt(error, c.req));
  });

  function bugOf(error: Error, c: Context<Env>): OperationError {
    const id = c.get("requestId");
    observe("server.internal_error", { id, error });
    return new OperationError("internal", {}, { body: { request_id: id } });
  }

  /** Records writes that were not allowed in the audit log. */
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
    activeRequests: () => drain.activeRequests(),
  };
}

/** Methods of operations that are not read-only. */
const WRITES: ReadonlySet<string> = new Set(["POST", "DELETE"]);

/** Whether a browser sent the request for a web page: other clients need no CORS headers. */
function fromPage(c: Context<Env>): boolean {
  return c.req.method === "OPTIONS" || c.req.header("origin") !== undefined;
}
