/**
 * Where an expiry is known from, most reliable first: the issuer reports it, the value contains it, the value
 * contains it in an undocumented form (an Amazon ECR password), or it was declared when the credential was written.
 */
export const EXPIRY_SOURCES = ["issuer", "value", "hint", "declared"] as const;
export type ExpirySource = typeof EXPIRY_SOURCES[number];

/** When a credential expires, and where that is known from. */
export interface Expiry {
  /** ISO time of UTC with milliseconds. */
  readonly at: string;
  readonly source: ExpirySource;
}

/** The earliest expiry; of two at the same time the one from the more reliable source. */
export function earliest(all: readonly (Expiry | undefined)[]): Expiry | undefined {
  const known = all.filter((each) => each !== undefined);
  return known.reduce<Expiry | undefined>(
    (first, each) => first === undefined || isBefore(each, first) ? each : first,
    undefined,
  );
}

function isBefore(a: Expiry, b: Expiry): boolean {
  if (a.at !== b.at) return Date.parse(a.at) < Date.parse(b.at);
  return EXPIRY_SOURCES.indexOf(a.source) < EXPIRY_SOURCES.indexOf(b.source);
}

/** An RFC 3339 time or a date, of days that exist. */
export const DECLARED =
  /^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)([Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$/;

/**
 * A declared time as ISO time in UTC; `undefined` where it is neither an RFC 3339 time nor a date. A date means 00:00
 * UTC, as GitLab's dates do: if the end of the day was meant, the warning comes early.
 * @see https://docs.gitlab.com/user/profile/personal_access_tokens/#access-token-expiration
 */
export function declaredTime(text: string): string | undefined {
  if (!DECLARED.test(text)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/**
 * Hints about an expiry that is declared with a write: one in the past is probably a mistake.
 * @param expires ISO time
 */
export function declaredHints(expires: string | undefined, now = new Date()): string[] {
  if (expires === undefined || Date.parse(expires) > now.getTime()) return [];
  return [`The declared expiry is in the past: ${expires}`];
}
