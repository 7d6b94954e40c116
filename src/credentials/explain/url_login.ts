import type { Finding } from "../finding.ts";
import { shownUrl } from "../kinds/url.ts";
import type { Client } from "./clients.ts";

/**
 * A user name and password in an HTTP URL. Git uses them before it gets any from Argo CD; with a user name alone it
 * gets the password from Argo CD.
 * @see https://github.com/git/git/blob/026012ce26e8/credential.c credential_from_url_1
 */
export function loginInUrl(url: string, clients: readonly Client[]): readonly Finding[] {
  const isLogin = /^https?:\/\/[^/?#@:]+:[^/?#@]*@/i.test(url.trim());
  if (!isLogin || !clients.includes("git")) return [];
  return [{
    code: "login_in_url",
    message: `The Application's URL, ${shownUrl(url)}, contains a user name and a password: Git ` +
      "uses them even if no secret matches, and may use them instead of a secret's credential",
    remedy: "Remove them from the URL, and store them in a secret",
    secrets: [],
  }];
}
