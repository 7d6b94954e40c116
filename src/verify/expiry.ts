import type { IncomingHttpHeaders } from "node:http";

/**
 * The expiry that GitHub reports in responses to a personal access token, as ISO time. Its form is
 * `2030-01-02 03:04:05 UTC`, for some tokens with an offset instead of `UTC`.
 * @see https://github.com/google/go-github/blob/v90.0.0/github/github.go parseTokenExpiration
 */
export function expiryInHeaders(headers: IncomingHttpHeaders): string | undefined {
  const text = headers["github-authentication-token-expiration"];
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})$/.exec(String(text ?? ""));
  if (!match) return undefined;
  const [, date, time, zone] = match;
  const offset = zone === "UTC" ? "Z" : `${zone!.slice(0, 3)}:${zone!.slice(3)}`;
  return isoTime(`${date}T${time}${offset}`);
}

/** A time as ISO text in UTC; `undefined` where the text is not a time. */
export function isoTime(text: unknown): string | undefined {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
