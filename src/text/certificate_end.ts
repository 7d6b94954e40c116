import type { X509Certificate } from "node:crypto";

/**
 * The end that says that there is none, as that of most keys of Google's service accounts.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
 */
const NEVER = Date.UTC(9999, 11, 31, 23, 59, 59);

/** When a certificate ends, in milliseconds since 1970; `undefined` where it does not, or that cannot be read. */
export function endOfCertificate({ validToDate }: X509Certificate): number | undefined {
  const end = validToDate.getTime();
  return Number.isNaN(end) || end >= NEVER ? undefined : end;
}
