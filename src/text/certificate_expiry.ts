import type { X509Certificate } from "node:crypto";

/**
 * The date of a certificate that does not expire, such as most keys of Google's service accounts.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
 */
const NEVER = Date.UTC(9999, 11, 31, 23, 59, 59);

/** When a certificate expires, in milliseconds since 1970; `undefined` when it never does, or the date is invalid. */
export function certificateExpiry({ validToDate }: X509Certificate): number | undefined {
  const expires = validToDate.getTime();
  return Number.isNaN(expires) || expires >= NEVER ? undefined : expires;
}
