import { decodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { shownName } from "../../fields/texts.ts";
import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import { seal } from "../../log/sealed.ts";
import type { StoredValue } from "./repository_credential.ts";

/** Keys of a repository or template whose URLs may have a credential in their user information. */
const URLS = ["url", "proxy"];

/** The credentials that stand in URLs of a repository or template. */
export function userInfoValues(data: Readonly<SecretData>): StoredValue[] {
  return URLS.flatMap((key) => {
    const value = secretIn(decodeBase64Text(data[key] ?? ""));
    return value === undefined ? [] : [{ key, value: seal(value) }];
  });
}

/**
 * Of `scheme://user:password@host`: the password, or the user where that is a token. By HTTP a user without
 * a password is one, whatever its form: `https://TOKEN@host` is a usual way to write it. The organisation of
 * `https://ORG@dev.azure.com/ORG/…`, as Azure DevOps gives URLs for cloning, is none.
 */
function secretIn(url: string): string | undefined {
  const [, scheme = "", authority = "", first = ""] =
    /^\s*([a-z][a-z0-9+.-]*):\/\/([^/?#]*)\/?([^/?#]*)/is.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  if (at < 0) return undefined;
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(authority.slice(0, at)) ?? [];
  if (password !== "" && password !== NO_PASSWORD) return decoded(password);
  const isSole = password === "" && /^https?$/i.test(scheme) && user !== first;
  const isToken = isSole || password === NO_PASSWORD || shownName(decoded(user)) !== decoded(user);
  return isToken && user !== "" ? decoded(user) : undefined;
}

/** What is no percent-encoding counts as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
