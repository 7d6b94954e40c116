import { resourceAt } from "./api.ts";
import { StatusError } from "./status.ts";

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Messages of the real server that are the same for every request. */
const MESSAGES: Readonly<Record<string, string>> = {
  Unauthorized: "Unauthorized",
  InternalError: "Internal error occurred: a fault of the emulator",
  ServiceUnavailable: "the server is currently unable to handle the request",
  TooManyRequests: "the server has received too many requests and has asked us to try again later",
  Timeout: "Timeout: request did not complete within the allotted timeout",
};

/** The Status of an injected fault. The default message is that of the real server. */
export function faultStatus(
  fault: { code: number; reason: string; message?: string; retryAfter?: number },
  method: string,
  path: string,
): StatusError {
  const target = resourceAt(path);
  const message = fault.message ??
    (fault.reason === "Forbidden" ? rbacMessage(method, path) : MESSAGES[fault.reason]) ??
    fault.reason;
  const details = {
    ...(target?.name && { name: target.name }),
    ...(target && { kind: target.resource }),
    ...(fault.retryAfter !== undefined && { retryAfterSeconds: fault.retryAfter }),
  };
  return new StatusError(fault.code, fault.reason, message, details);
}

/** @see k8s.io/apiserver v0.35 pkg/endpoints/handlers/responsewriters/errors.go, forbiddenMessage */
function rbacMessage(method: string, path: string): string {
  const target = resourceAt(path);
  const user = 'User "emulated"';
  if (!target) return `forbidden: ${user} cannot ${method.toLowerCase()} path "${path}"`;
  const { resource, namespace, name } = target;
  const verb = VERBS[method] ?? (name ? "get" : "list");
  const scope = namespace ? `in the namespace "${namespace}"` : "at the cluster scope";
  return `${resource}${
    name ? ` "${name}"` : ""
  } is forbidden: ${user} cannot ${verb} resource "${resource}" in API group "" ${scope}`;
}
