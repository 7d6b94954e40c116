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

/** A date, which means 00:00 UTC, or a time with a time zone. */
const DATE_OR_TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?$/i;

/**
 * A time as ISO text in UTC; `undefined` where the text is neither a date nor a time with a time zone, of a day
 * that exists. JavaScript would guess: the time zone of this machine, or a date for almost any text with a number.
 */
export function isoTime(text: unknown): string | undefined {
  const [whole, date = ""] = typeof text === "string" ? DATE_OR_TIME.exec(text) ?? [] : [];
  const [time, day] = [Date.parse(whole ?? ""), Date.parse(date)];
  if (Number.isNaN(time) || new Date(day).toISOString().slice(0, 10) !== date) return undefined;
  return new Date(time).toISOString();
}
