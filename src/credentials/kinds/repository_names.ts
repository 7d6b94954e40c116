import { createHash } from "node:crypto";
import { comparableUrl } from "./comparable_url.ts";

/** The longest suffix of a name, in characters. */
export const MAX_SUFFIX = 32;

/**
 * The names of a request's secrets. With one URL, the request's name. With several URLs, the name, the
 * last part of the URL and six digits of the URL's hash: `team-charts-3fa9c1`. So a secret's name depends
 * only on its own URL, not on the other URLs or their order.
 * @param urls as they are stored
 */
export function secretNamesFor(name: string, urls: readonly string[]): string[] {
  if (urls.length === 1) return [name];
  return urls.map((url) => {
    const hash = createHash("sha256").update(comparableUrl(url)).digest("hex").slice(0, 6);
    const room = MAX_SUFFIX - hash.length - 2;
    return [name, lastPart(url).slice(0, room).replace(/-$/, ""), hash]
      .filter((part) => part !== "").join("-");
  });
}

/** The last part of a URL's path, or its host, in characters that a name may have. */
function lastPart(url: string): string {
  const parts = url.replace(/^[a-z]+:\/\//, "").split(/[/:@]/).filter((part) => part !== "");
  return (parts.at(-1) ?? "").toLowerCase().replace(/\.git$/, "").replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/**
 * The longest common prefix of the URLs that ends with a path segment: `https://github.com/org/`.
 * `undefined` when it would be only a host, or with fewer than two URLs.
 */
export function sharedPrefix(urls: readonly string[]): string | undefined {
  const [first, ...rest] = urls;
  if (first === undefined || rest.length === 0) return undefined;
  let length = first.length;
  for (const url of rest) {
    let same = 0;
    while (same < length && url[same] === first[same]) same++;
    length = same;
  }
  const prefix = first.slice(0, first.slice(0, length).lastIndexOf("/") + 1);
  const withoutScheme = prefix.replace(/^[a-z]+:\/\//, "");
  const [, path] = /^(?:[^@/]+@)?(?:\[[^\]]*\]|[^/:]+)(?::\d+(?=\/))?[/:](.*)$/
    .exec(withoutScheme) ?? [];
  return path ? prefix : undefined;
}
