import { decodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { shownName } from "../../fields/texts.ts";
import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import { seal } from "../../log/sealed.ts";
import type { StoredValue } from "./repository_credential.ts";

/** Keys of a repository or template whose URLs may have a credential in their user information. */
export const URL_KEYS = ["url", "proxy"];

/** The credentials that stand in URLs of a repository or template. */
export function userInfoValues(data: Readonly<SecretData>): StoredValue[] {
  return URL_KEYS.flatMap((key) => {
    const parts = userInfoParts(decodeBase64Text(data[key] ?? ""));
    return parts.filter(({ isCredential }) => isCredential)
      .map(({ text }) => ({ key, value: seal(text) }));
  });
}

/** The user name or the password in a URL. */
export interface UserInfoPart {
  readonly part: "user" | "password";
  /** Decoded. */
  readonly text: string;
  /** Where it stands in the URL. */
  readonly from: number;
  readonly to: number;
  /** Whether it is the credential by all that the URL tells. */
  readonly isCredential: boolean;
}

/**
 * What stands before the `@` of `scheme://user:password@host`; what is empty is left out. The credential is the
 * password, or the user where that is a token. By HTTP a user without a password is one, whatever its form:
 * `https://TOKEN@host` is a usual way to write it. The organisation of `https://ORG@dev.azure.com/ORG/…`, as
 * Azure DevOps gives URLs for cloning, is none.
 */
export function userInfoParts(url: string): UserInfoPart[] {
  const [, before = "", scheme = "", authority = "", first = ""] =
    /^(\s*([a-z][a-z0-9+.-]*):\/\/)([^/?#]*)\/?([^/?#]*)/is.exec(url) ?? [];
  const at = authority.lastIndexOf("@");
  if (at < 0) return [];
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(authority.slice(0, at)) ?? [];
  const isPassword = password !== "" && password !== NO_PASSWORD;
  const isSole = password === "" && /^https?$/i.test(scheme) && user !== first;
  const isToken = isSole || password === NO_PASSWORD || shownName(decoded(user)) !== decoded(user);
  const from = before.length;
  const parts: UserInfoPart[] = [
    {
      part: "password",
      text: decoded(password),
      from: from + at - password.length,
      to: from + at,
      isCredential: isPassword,
    },
    {
      part: "user",
      text: decoded(user),
      from,
      to: from + user.length,
      isCredential: !isPassword && isToken,
    },
  ];
  return parts.filter(({ from, to }) => to > from);
}

/** As it stands in a URL, before the `@`. */
export function encodedUserInfo(text: string): string {
  return encodeURIComponent(text);
}

/** What is no percent-encoding counts as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
