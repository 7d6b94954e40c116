/** Bytes, of texts and in base64 (RFC 4648), the standard alphabet and that of URLs. */

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  return bytesOf(text).length;
}

/** Pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** base64 of a text's UTF-8 bytes, as `data` of a secret has it. */
export function encodeBase64Text(text: string): string {
  return isAscii(text) ? btoa(text) : bytesOf(text).toBase64();
}

/** base64url of bytes, or of a text's, without padding, as JSON Web Tokens and Keys have it. */
export function encodeBase64Url(value: string | Uint8Array): string {
  return bytesOf(value).toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * The bytes of base64, white space in it passed over; `undefined` when it is none.
 * @param strict whether it must have its padding, and no bits behind the last byte. @default false
 */
export function decodeBase64(base64: string, strict = false): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(base64, { lastChunkHandling: strict ? "strict" : "loose" });
  } catch {
    return undefined;
  }
}

/** The text of base64, invalid UTF-8 replaced; empty when it is no base64 at all. */
export function decodeBase64Text(base64: string): string {
  return asciiText(base64) ?? new TextDecoder().decode(decodeBase64(base64));
}

/**
 * The text of base64 where that is ASCII, in a fifth of the time that a decoder takes; else `undefined`.
 * Nearly all values of secrets are, and a list may hold thousands of them.
 */
export function asciiText(base64: string): string | undefined {
  try {
    const text = atob(base64);
    return isAscii(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

/** How many bytes a base64 text without white space stands for. */
export function base64Length(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor((base64.length - padding) * 3 / 4);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}
