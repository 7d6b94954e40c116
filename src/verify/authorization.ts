import { seal, type Sealed } from "../log/sealed.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import type { Login } from "./verdict.ts";

/** The value of `Authorization` for a user name and password. */
export function basic(username: string, password: string): Sealed<string> {
  return seal(`Basic ${encodeBase64Text(`${username}:${password}`)}`);
}

/** The value for a login of which a part may be absent; `undefined` where it is empty. */
export function basicOf({ username, password }: Login): Sealed<string> | undefined {
  if (!username && !password?.reveal()) return undefined;
  return basic(username ?? "", password?.reveal() ?? "");
}

/** The status of a refused credential in words: `401 Unauthorized`. */
export function statusText(status: number): string {
  return status === 401 ? "401 Unauthorized" : status === 403 ? "403 Forbidden" : String(status);
}

/** The value for a token; `undefined` for a token that no header can contain. */
export function bearer(token: string): Sealed<string> | undefined {
  return /^[\x21-\x7e]+$/.test(token) ? seal(`Bearer ${token}`) : undefined;
}
