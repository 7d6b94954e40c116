import { errorReply as replyOf, type Face, type OperationError } from "../operations/errors.ts";
import { OPERATIONS } from "../operations/table.ts";
import type { Json } from "../operations/reply.ts";
import { routesOf } from "../operations/routes.ts";

const ROUTES = routesOf(OPERATIONS);

/** By which errors at a path are told; a path that is none is as new ones are. */
export function faceOf(method: string, path: string): Face {
  const there = ROUTES.filter((route) => route.path === path);
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const [route] = [...there.filter(({ operation }) => operation.method === verb), ...there];
  return route?.face ?? "v1";
}

/** The answer that tells of an error at a path. */
export function errorReply(
  error: OperationError,
  { method, path }: { readonly method: string; readonly path: string },
): Json {
  return replyOf(error, faceOf(method, path), method);
}
