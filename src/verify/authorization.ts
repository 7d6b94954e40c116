import { seal, type Sealed } from "../log/sealed.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import type { Login } from "./verdict.ts";

/** The value of `Authorization` that shows a user name and password. */
export function basic(username: string, password: string): Sealed<string> {
  return seal(`Basic ${encodeBase64Text(`${username}:${password}`)}`);
}

/** The same for what there is of a login; `undefined` when there is nothing of it. */
export function basicOf({ username, password }: Login): Sealed<string> | undefined {
  if (!username && !password?.reveal()) return undefined;
  return basic(username ?? "", password?.reveal() ?? "");
}

/** The value that shows a token; `undefined` for one that no header can hold. */
export function bearer(token: string): Sealed<string> | undefined {
  return /^[\x21-\x7e]+$/.test(token) ? seal(`Bearer ${token}`) : undefined;
}
