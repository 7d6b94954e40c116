import { send } from "../../fields/advice.ts";
import {
  hasUnfitCharacter,
  hostOf,
  MAX_LENGTH,
  type ParsedUrl,
  UNFIT_CHARACTER,
  withoutSpaces,
} from "./url.ts";

const no = (why: string): ParsedUrl => ({ ok: false, why });

export const ONE_REPOSITORY = `must name one repository; ${
  send({ as: "repo-creds" })
} for all below a prefix`;

/**
 * Parses the URL of a Git repository: `https://`, `http://`, `ssh://`, Git's short form of SSH
 * (`git@github.com:org/repo.git`), or a host and path, which means HTTPS.
 * @see https://git-scm.com/docs/git-clone#_git_urls
 */
export function parseGitUrl(text: string): ParsedUrl {
  if (text.length > MAX_LENGTH) return no(`must be at most ${MAX_LENGTH} characters long`);
  if (hasUnfitCharacter(text)) return no(UNFIT_CHARACTER);
  if (/[?#]/.test(text)) return no("must not have a query or a fragment");
  const [, scheme, rest] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(text)!;
  if (rest!.includes("://")) return no("must be one URL");
  switch (scheme?.toLowerCase()) {
    case "https":
    case "http":
      return overHttp(scheme!.toLowerCase(), rest!);
    case "ssh":
      return overSsh(rest!);
    case undefined:
      return /^[^/]*@/.test(rest!) ? shortSsh(rest!) : overHttp("https", rest!);
    default:
      return no("must begin with https://, http:// or ssh://, or be like git@host:path");
  }
}

function overHttp(scheme: string, rest: string): ParsedUrl {
  const [, authority, path] = /^([^/]*)(.*)$/s.exec(rest)!;
  if (authority!.includes("@")) {
    return no("must not contain credentials; give them as username and password");
  }
  const host = hostOf(authority!);
  if (host === undefined) return no("must name a host");
  return understood(withoutSpaces(`${scheme}://${host.text}${path}`), "http", path!);
}

const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const WHOLE_SSH = "must have a user, and no password, before the host, like ssh://git@host/path";

function overSsh(rest: string): ParsedUrl {
  const [, authority, path] = /^([^/]*)(.*)$/s.exec(rest)!;
  const [user = "", place, ...more] = authority!.split("@");
  if (!USER.test(user) || place === undefined || more.length > 0) return no(WHOLE_SSH);
  const host = hostOf(place);
  if (host === undefined) return no("must name a host");
  return understood(`ssh://${user}@${host.text}${path}`, "ssh", path!);
}

function shortSsh(text: string): ParsedUrl {
  const [, user, place, path] = /^([^@]*)@([^:/@]*):([^@]*)$/s.exec(text) ?? [];
  if (user === undefined || !USER.test(user)) return no("must be like git@host:path");
  const host = hostOf(place!);
  if (host === undefined) return no("must name a host");
  return understood(`${user}@${host.text}:${path}`, "ssh", path!);
}

function understood(url: string, over: "http" | "ssh", path: string): ParsedUrl {
  if (path.includes("*")) {
    return no(ONE_REPOSITORY);
  }
  const hints = [
    ...(url.startsWith("http://")
      ? ["The URL begins with http://, so the credential travels unencrypted"]
      : []),
    ...(path.endsWith("/")
      ? ["The URL ends with a slash, which Argo CD takes literally: an Application needs it too"]
      : []),
  ];
  return { ok: true, value: { url, oci: false, over, applicationRepoUrl: url, hints } };
}
