import { errorReply, type Face, type OperationError } from "../operations/errors.ts";
import { OPERATIONS } from "../operations/table.ts";
import type { Json } from "../operations/reply.ts";
import { routesOf } from "../operations/routes.ts";

const ROUTES = routesOf(OPERATIONS);

/** The face of a path, which decides the form of errors; an unknown path has the newest form. */
export function faceOf(method: string, path: string): Face {
  const there = ROUTES.filter((route) => route.path === path);
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const [route] = [...there.filter(({ operation }) => operation.method === verb), ...there];
  return route?.face ?? "v1";
}

/** The answer for an error at a path. */
export function errorReplyAt(
  error: OperationError,
  { method, path }: { readonly method: string; readonly path: string },
): Json {
  return errorReply(error, faceOf(method, path), method);
}
