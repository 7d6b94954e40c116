/** base64 of a text's UTF-8 bytes, as `data` of a secret has it. */
export function encodeBase64Text(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** The text of base64, invalid UTF-8 replaced; empty when it is no base64 at all. */
export function decodeBase64Text(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(base64));
  } catch {
    return "";
  }
}
