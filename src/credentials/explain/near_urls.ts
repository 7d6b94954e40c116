import { normalizeGitUrl } from "../kinds/comparable_url.ts";

/** A URL in parts, as far as they tell two spellings of one place apart. */
interface Parts {
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
  readonly port: string;
  /** Without slashes around it, and without `.git`. */
  readonly path: string;
  readonly hasSlash: boolean;
}

/**
 * How a stored URL differs from the asked one, where both are of one place and Argo CD takes them for two:
 * a person would expect the secret to be used. Each is a clause about the stored one, without a value of
 * user information in it.
 * @param as whether it is a whole URL, or a prefix that has to end where a segment of the path does
 * @returns `undefined` where they are of different places
 */
export function differences(
  stored: string,
  asked: string,
  as: "repository" | "template",
): readonly string[] | undefined {
  const [has, wanted] = [partsOf(stored), partsOf(asked)];
  if (has.host === "" || has.host !== wanted.host) return undefined;
  const isSame = has.path === wanted.path;
  const isAbove = has.path === "" || wanted.path.startsWith(`${has.path}/`);
  if (!isSame && !(as === "template" && isAbove)) return undefined;
  const found = [
    ...schemes(has.scheme, wanted.scheme),
    ...has.user === wanted.user ? [] : [
      has.user === ""
        ? "it lacks the user before the host"
        : wanted.user === ""
        ? "it has a user before the host"
        : "it has another user before the host",
    ],
    ...has.port === wanted.port
      ? []
      : [has.port === "" ? `it lacks the port ${wanted.port}` : `it has the port ${has.port}`],
    ...isSame && has.hasSlash !== wanted.hasSlash
      ? [has.hasSlash ? "it ends with a slash" : "it lacks the slash at the end"]
      : [],
  ];
  return found.length > 0 ? found : ["it is spelled in another way"];
}

function schemes(has: string, wanted: string): readonly string[] {
  if (has === wanted) return [];
  if (has === "") return [`it has no scheme, where the other has ${wanted}://`];
  return [`its scheme is ${has}${wanted === "" ? "" : `, not ${wanted}`}`];
}

function partsOf(url: string): Parts {
  const text = normalizeGitUrl(url) || url.trim().toLowerCase();
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/s.exec(text)!;
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? "" : rest.slice(slash);
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? "" : authority.slice(0, at);
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/.exec(
    authority.slice(at + 1),
  ) ?? [];
  const bare = withoutSlashes(path);
  return {
    // Argo CD compares URLs for SSH without their scheme.
    scheme: scheme ?? (user === "" ? "" : "ssh"),
    user,
    host,
    port,
    path: withoutSlashes(bare.replace(/\.git$/, "")),
    hasSlash: path.endsWith("/"),
  };
}

function withoutSlashes(path: string): string {
  let [start, end] = [0, path.length];
  while (start < end && path[start] === "/") start++;
  while (end > start && path[end - 1] === "/") end--;
  return path.slice(start, end);
}
