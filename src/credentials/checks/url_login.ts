import { seal } from "../../log/sealed.ts";
import type { Login } from "../../verify/verdict.ts";

const USER_INFO = /^(\s*[a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;

/** An HTTP URL without its user information; others are unchanged, because `git@` of an SSH URL is not a login. */
export function withoutLogin(url: string): string {
  return isHttp(url) ? url.replace(USER_INFO, "$1") : url;
}

/** The login that an HTTP client takes from a URL's user information; `undefined` where there is none. */
export function loginIn(url: string): Login | undefined {
  const [, , userInfo = ""] = isHttp(url) ? USER_INFO.exec(url) ?? [] : [];
  if (userInfo === "") return undefined;
  const [, user = "", password] = /^([^:]*)(?::(.*))?$/s.exec(userInfo) ?? [];
  return {
    username: decoded(user),
    ...password !== undefined && { password: seal(decoded(password)) },
  };
}

const isHttp = (url: string) => /^\s*https?:\/\//i.test(url);

/** A text that is not valid percent-encoding is used as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
