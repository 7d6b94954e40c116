import type { Finding } from "../finding.ts";
import { shownUrl } from "../kinds/url.ts";
import type { Client } from "./clients.ts";

/**
 * A user name and a password in a URL over HTTP. Git has them before it asks Argo CD for any; a user name
 * alone makes it ask for the password.
 * @see https://github.com/git/git/blob/026012ce26e8/credential.c credential_from_url_1
 */
export function loginInUrl(url: string, clients: readonly Client[]): readonly Finding[] {
  const isLogin = /^https?:\/\/[^/?#@:]+:[^/?#@]*@/i.test(url.trim());
  if (!isLogin || !clients.includes("git")) return [];
  return [{
    code: "login_in_url",
    message: `The Application's URL, ${shownUrl(url)}, has a user name and a password in it: Git ` +
      "uses them even where no secret matches, and may use them instead of a secret's",
    remedy: "Take them out of the URL, and store them in a secret",
    secrets: [],
  }];
}
