export const REQUEST_ID_HEADER = "X-Request-Id";

/** Longest id that is taken from a client, in characters. */
const MAX_LENGTH = 64;

/** The client's id when it is short and safe to log, else a new one. */
export function requestIdOf(header: string | null | undefined): string {
  const isSafe = header && header.length <= MAX_LENGTH && /^[\w=-]+$/.test(header);
  return isSafe ? header : crypto.randomUUID();
}
