import { normalizeGitUrl } from "../kinds/comparable_url.ts";

/** The parts of a URL that may differ between two spellings of one place. */
interface Parts {
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
  readonly port: string;
  /** Without leading and trailing slashes and without `.git`. */
  readonly path: string;
  readonly hasSlash: boolean;
}

/**
 * How a stored URL differs from the requested one, where both mean the same place to a person but not to Argo CD.
 * Each difference is a clause about the stored URL, without its user information.
 * @param as whether it is a whole URL, or a prefix that has to end with a path segment
 * @returns `undefined` where the URLs are of different places
 */
export function urlDifferences(
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
        ? "it has no user before the host"
        : wanted.user === ""
        ? "it has a user before the host"
        : "it has a different user before the host",
    ],
    ...has.port === wanted.port
      ? []
      : [has.port === "" ? `it lacks port ${wanted.port}` : `it has port ${has.port}`],
    ...isSame && has.hasSlash !== wanted.hasSlash
      ? [has.hasSlash ? "it ends with a slash" : "it lacks the trailing slash"]
      : [],
  ];
  return found.length > 0 ? found : ["it is spelled differently"];
}

function schemes(has: string, wanted: string): readonly string[] {
  if (has === wanted) return [];
  if (has === "") return [`it lacks the scheme ${wanted}://`];
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
    // Argo CD compares SSH URLs without their scheme.
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
