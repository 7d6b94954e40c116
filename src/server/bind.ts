import type { Context, Hono, MiddlewareHandler } from "hono";
import { type About, call, checkRole, type Gates } from "../operations/call.ts";
import { OperationError } from "../operations/errors.ts";
import type { Services } from "../operations/operation.ts";
import type { OperationRoute } from "../operations/routes.ts";
import type { Env } from "./env.ts";
import { MAX_PATH } from "./log_request.ts";
import { sendReply } from "./send.ts";

export interface Binding {
  readonly services: Services;
  readonly gates: Gates;
  /** Middleware for requests whose role is sufficient; reads the body first. */
  readonly through: readonly MiddlewareHandler<Env>[];
}

/** Adds the routes of operations; any other method on their paths is answered with 405. */
export function bind(
  app: Hono<Env>,
  routes: readonly OperationRoute[],
  binding: Binding,
): void {
  for (const [path, there] of Map.groupBy(routes, ({ path }) => path)) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
    for (const route of there) bindOne(app, pattern, route, binding);
    const verbs = there.map(({ operation }) => operation.method.toUpperCase());
    const allow = verbs.flatMap((verb) => verb === "GET" ? ["GET", "HEAD"] : [verb]);
    app.all(pattern, () => {
      const headers = { Allow: [...allow, "OPTIONS"].join(", ") };
      throw new OperationError("method_not_allowed", { path, methods: verbs }, { headers });
    });
  }
}

function bindOne(
  app: Hono<Env>,
  pattern: string,
  { operation, face }: OperationRoute,
  { services, gates, through }: Binding,
): void {
  const method = operation.method.toUpperCase();
  // Checked before the body is read.
  const role: MiddlewareHandler<Env> = async (c, next) => {
    checkRole(c.get("identity"), operation);
    await next();
  };
  app.on(method, pattern, role, ...through, async (c: Context<Env>) => {
    const caller = {
      requestId: c.get("requestId"),
      actor: c.get("actor"),
      identity: c.get("identity"),
      face,
      action: actionOf(c),
      gone: () => c.req.raw.signal,
      wantsEvents: wantsEvents(c.req.header("Accept")),
    };
    const given = {
      face,
      method: c.req.method,
      // Hono's `queries` drop a parameter without a name and one named `__proto__`.
      query: new URL(c.req.url).searchParams,
      path: c.req.param(),
      body: c.get("body") ?? new Uint8Array(),
    };
    const note = (about: About) => c.set("about", about);
    return sendReply(c, await call(operation, caller, given, services, gates, note));
  });
}

/**
 * Whether the client accepts events explicitly; a wildcard does not count.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#name-accept
 */
function wantsEvents(accept = ""): boolean {
  return accept.split(",").some((each) => {
    const [type = "", ...parameters] = each.split(";").map((part) => part.trim().toLowerCase());
    return type === "application/x-ndjson" && !parameters.some((one) => /^q=0(\.0*)?$/.test(one));
  });
}

/** Method and path, for the audit log. */
export function actionOf(c: Context<Env>): string {
  return `${c.req.method} ${c.req.path.slice(0, MAX_PATH)}`;
}
