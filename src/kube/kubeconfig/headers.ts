import type { UserFields } from "./shape.ts";

/** A header with several values is sent as several lines. */
export type UserHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * The impersonation headers of a kubeconfig's user.
 * @see https://github.com/kubernetes/client-go/blob/v0.35.4/transport/round_trippers.go
 */
export function impersonation(user: UserFields): UserHeaders {
  if (user.as === "") return {};
  const extra = [...user["as-user-extra"]].filter(([, values]) => values.length > 0);
  return {
    "Impersonate-User": user.as,
    ...(user["as-uid"] ? { "Impersonate-Uid": user["as-uid"] } : {}),
    ...(user["as-groups"].length > 0 ? { "Impersonate-Group": user["as-groups"] } : {}),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`Impersonate-Extra-${escaped(key)}`, values]),
    ),
  };
}

/** Percent-encodes bytes that are not allowed in a header's name. */
function escaped(key: string): string {
  const bytes = new TextEncoder().encode(key);
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** Whether a value is allowed in a header: it has no control characters except tabs. */
export function fitsHeader(value: string): boolean {
  // deno-lint-ignore no-control-regex
  return !/[\x00-\x08\x0a-\x1f\x7f]/.test(value);
}
