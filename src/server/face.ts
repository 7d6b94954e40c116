import { errorBody, type OperationError } from "../operations/errors.ts";
import { OPERATIONS } from "../operations/table.ts";
import type { Json } from "../operations/reply.ts";
import { PREFIX, routesOf } from "../operations/routes.ts";

const ROUTES = routesOf(OPERATIONS);

/** Whether errors at a path have the three fields of the first version, and no more. */
export function isSeed(method: string, path: string): boolean {
  const there = ROUTES.filter((route) => route.path === path);
  const verb = method === "HEAD" ? "get" : method.toLowerCase();
  const [route] = [...there.filter(({ operation }) => operation.method === verb), ...there];
  return route?.face === "seed";
}

/**
 * The answer that tells of an error. A cluster that is not there is 404, but 400 to a POST, whose body
 * names it, and to the DELETE at the root, which was so from the first.
 */
export function errorReply(
  error: OperationError,
  { method, path }: { readonly method: string; readonly path: string },
): Json {
  const isWrong = method === "POST" || (method === "DELETE" && !path.startsWith(`${PREFIX}/`));
  const status = error.code === "cluster_not_found" && isWrong ? 400 : error.status;
  const face = isSeed(method, path) ? "seed" : "v1";
  return { status, body: errorBody(error, face, status), headers: error.headers };
}
