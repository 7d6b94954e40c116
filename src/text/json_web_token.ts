import { decodeBase64 } from "./bytes.ts";
import { isObject, parsedJson } from "./json.ts";

/**
 * When a JSON Web Token expires (`exp`), in milliseconds since 1970; `undefined` when the token has no `exp`, or
 * is not a JSON Web Token. The signature is not verified.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
 */
export function tokenExpiry(token: string): number | undefined {
  const exp = claimsOf(token)?.exp;
  return typeof exp === "number" ? timeOrNone(exp * 1000) : undefined;
}

/** The claims of a JSON Web Token; its signature is not verified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, , more] = token.split(".");
  if (payload === undefined || more !== undefined) return undefined;
  const base64 = payload.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = decodeBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, "="));
  const claims = bytes && parsedJson(new TextDecoder().decode(bytes));
  return isObject(claims) ? claims : undefined;
}

/** `undefined` for a time outside of the range of Date. */
const timeOrNone = (time: number) => Math.abs(time) <= 8.64e15 ? time : undefined;
