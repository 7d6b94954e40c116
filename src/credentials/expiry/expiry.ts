/**
 * Where it is known from when a credential ends, best first: the issuer says so, it stands in the value, it
 * stands there but undocumented (a password of Amazon ECR), or somebody declared it on writing.
 */
export const EXPIRY_SOURCES = ["issuer", "value", "hint", "declared"] as const;
export type ExpirySource = typeof EXPIRY_SOURCES[number];

/** When a credential ends, and who says so. */
export interface Expiry {
  /** ISO time of UTC with milliseconds. */
  readonly at: string;
  readonly source: ExpirySource;
}

/** The first to end; of two at the same time the better known one. */
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

/** A time of RFC 3339, or a date alone; only days that there are. */
export const DECLARED =
  /^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)([Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$/;

/**
 * A declared time as ISO time of UTC; `undefined` where it is neither a time of RFC 3339 nor a date. A date
 * means its beginning in UTC, as GitLab's dates do: who wrote it may have meant its end, and is warned early.
 * @see https://docs.gitlab.com/user/profile/personal_access_tokens/#access-token-expiration
 */
export function declaredTime(text: string): string | undefined {
  if (!DECLARED.test(text)) return undefined;
  const time = Date.parse(text.toUpperCase());
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/**
 * What to know about an expiry that is declared on a write: one in the past is more likely a slip than meant.
 * @param expires ISO time
 */
export function declaredHints(expires: string | undefined, now = new Date()): string[] {
  if (expires === undefined || Date.parse(expires) > now.getTime()) return [];
  return [`The declared expiry is in the past: ${expires}`];
}
