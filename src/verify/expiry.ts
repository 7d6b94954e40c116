import type { IncomingHttpHeaders } from "node:http";

/**
 * What GitHub says in an answer to a personal access token that expires, as ISO time. It writes
 * `2030-01-02 03:04:05 UTC`, and for some tokens an offset in place of `UTC`.
 * @see https://github.com/google/go-github/blob/v90.0.0/github/github.go parseTokenExpiration
 */
export function expiryIn(headers: IncomingHttpHeaders): string | undefined {
  const text = headers["github-authentication-token-expiration"];
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(String(text ?? ""));
  if (!match) return undefined;
  const [, date, time, zone] = match;
  const offset = zone === "UTC" ? "Z" : `${zone!.slice(0, 3)}:${zone!.slice(3)}`;
  return isoTime(`${date}T${time}${offset}`);
}

/** The same time as ISO text of UTC; `undefined` when it is no time. */
export function isoTime(text: unknown): string | undefined {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
