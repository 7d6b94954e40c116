import { Buffer } from "node:buffer";

const CANONICAL =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/**
 * Returns a base64 text as the server sends it back: Go's decoder skips line breaks and ignores set bits
 * after the last byte.
 *
 * @returns The canonical text, or `{ invalidAt }` with the index Go names in
 * "illegal base64 data at input byte …".
 * @see go1.26 src/encoding/base64/base64.go, decodeQuantum
 */
export function canonicalBase64(text: string): string | { invalidAt: number } {
  if (CANONICAL.test(text)) return text;
  const invalidAt = firstIllegalByte(text);
  return invalidAt === undefined ? btoa(atob(text.replace(/[\r\n]/g, ""))) : { invalidAt };
}

/** A text with one character for each byte. */
export function binaryText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function firstIllegalByte(text: string): number | undefined {
  let at = 0;
  const skipLineBreaks = () => {
    while (text[at] === "\n" || text[at] === "\r") at++;
  };
  while (at < text.length) {
    for (let filled = 0; filled < 4;) {
      if (at >= text.length) return filled === 0 ? undefined : at - filled;
      const c = text.charAt(at++);
      if (c === "\n" || c === "\r") continue;
      if (/[A-Za-z0-9+/]/.test(c)) {
        filled++;
        continue;
      }
      if (c !== "=" || filled < 2) return at - 1;
      if (filled === 2) {
        skipLineBreaks();
        if (at >= text.length) return text.length;
        if (text.charAt(at) !== "=") return at - 1;
        at++;
      }
      skipLineBreaks();
      return at < text.length ? at : undefined;
    }
  }
  return undefined;
}
