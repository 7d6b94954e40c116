import { type ApiRequest, target } from "./request.ts";

/** Fields that hold a secret, wherever they stand. */
const SECRET: ReadonlySet<string> = new Set([
  "password",
  "ssh_private_key",
  "bearer_token",
  "private_key",
  "gcp_service_account_key",
  "tls_client_key",
]);

/**
 * What a request says, for who looks at it: `***` stands for a secret. What is `undefined` is not
 * in it, as it would not be sent.
 */
export function withoutSecrets(request: ApiRequest) {
  const { method, body } = request;
  return {
    method,
    path: target(request),
    ...(body === undefined ? {} : { body: masked(body) }),
  };
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value === "string") {
    return value.replace(/^((?:https?|socks5h?):\/\/)[^/]*@/i, "$1***@");
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, SECRET.has(key) ? "***" : masked(each)]),
  );
}
