import { createHash } from "node:crypto";
import { comparableUrl } from "./comparable_url.ts";

/** Most that is appended to a name, in characters. */
export const MAX_SUFFIX = 32;

/**
 * Names of the secrets of one request. One URL has the name itself; of several each has the name,
 * the last part of its URL and six digits of its hash: `team-charts-3fa9c1`. So a name depends on
 * its URL alone, whatever others are sent with it and in which order.
 * @param urls as they are stored
 */
export function namesOf(name: string, urls: readonly string[]): string[] {
  if (urls.length === 1) return [name];
  return urls.map((url) => {
    const hash = createHash("sha256").update(comparableUrl(url)).digest("hex").slice(0, 6);
    const room = MAX_SUFFIX - hash.length - 2;
    return [name, lastPart(url).slice(0, room).replace(/-$/, ""), hash]
      .filter((part) => part !== "").join("-");
  });
}

/** The last part of a URL's path, or its host, in the alphabet of names. */
function lastPart(url: string): string {
  const parts = url.replace(/^[a-z]+:\/\//, "").split(/[/:@]/).filter((part) => part !== "");
  return (parts.at(-1) ?? "").toLowerCase().replace(/\.git$/, "").replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/**
 * The longest prefix that all URLs have in common and that ends with a part of their paths:
 * `https://github.com/org/`. `undefined` when it would be a host alone, or there are not several.
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
