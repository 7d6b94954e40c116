/** Bytes of texts, and base64 (RFC 4648) in its standard and URL alphabets. */

/** The length of a text in UTF-8, in bytes. */
export function byteLength(text: string): number {
  return bytesOf(text).length;
}

/** Concatenates pieces. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** base64 of a text's UTF-8 bytes, as in a secret's `data`. */
export function encodeBase64Text(text: string): string {
  return isAscii(text) ? btoa(text) : bytesOf(text).toBase64();
}

/** base64url of bytes or of a text, without padding, as in JSON Web Tokens and Keys. */
export function encodeBase64Url(value: string | Uint8Array): string {
  return bytesOf(value).toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * Decodes base64, and ignores white space in it; `undefined` when it is invalid.
 * @param strict whether padding is required, and bits after the last byte are rejected. @default false
 */
export function decodeBase64(base64: string, strict = false): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.fromBase64(base64, { lastChunkHandling: strict ? "strict" : "loose" });
  } catch {
    return undefined;
  }
}

/** Decodes base64 to a text, and replaces invalid UTF-8; empty when it is not base64. */
export function decodeBase64Text(base64: string): string {
  return asciiText(base64) ?? new TextDecoder().decode(decodeBase64(base64));
}

/**
 * Decodes base64 of an ASCII text, in a fifth of the time that TextDecoder takes; otherwise `undefined`.
 * Nearly all values of secrets are ASCII, and a list may have thousands of them.
 */
export function asciiText(base64: string): string | undefined {
  try {
    const text = atob(base64);
    return isAscii(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether each character of a text is one byte in UTF-8. */
export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** The decoded length of base64 without white space, in bytes. */
export function base64Length(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return Math.floor((base64.length - padding) * 3 / 4);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}
