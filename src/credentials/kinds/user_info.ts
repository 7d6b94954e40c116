import { decodeBase64Text } from "../../text/bytes.ts";
import type { SecretData } from "../../kube/store.ts";
import { shownName } from "../../fields/texts.ts";
import { NO_PASSWORD } from "../../kube/repository_fields.ts";
import { seal } from "../../log/sealed.ts";
import type { StoredValue } from "./repository_credential.ts";

/** The keys of a repository or template that hold URLs, which may have a credential in them. */
export const URL_KEYS = ["url", "proxy"];

/** The credentials in the URLs of a repository or template. */
export function userInfoValues(data: Readonly<SecretData>): StoredValue[] {
  return URL_KEYS.flatMap((key) => {
    const url = data[key];
    const parts = url ? userInfoParts(decodeBase64Text(url)) : [];
    return parts.filter(({ isCredential }) => isCredential)
      .map(({ text }) => ({ key, value: seal(text) }));
  });
}

/** The user name or the password in a URL. */
export interface UserInfoPart {
  readonly part: "user" | "password";
  /** Decoded. */
  readonly text: string;
  /** The part's start and end in the URL. */
  readonly from: number;
  readonly to: number;
  /** Whether this part is a credential. */
  readonly isCredential: boolean;
}

/**
 * The non-empty parts before the `@` of `scheme://user:password@host`. The password is a credential, or
 * the user name if it is a token. Over HTTP, a user name without a password is always taken for a token,
 * since `https://TOKEN@host` is common; the exception is `https://ORG@dev.azure.com/ORG/…`, Azure DevOps'
 * form of clone URLs.
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

/** Encodes a user name or password for a URL. */
export function encodedUserInfo(text: string): string {
  return encodeURIComponent(text);
}

/** Decodes percent-encoding; invalid encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
