/** Base64 of bytes, or of a text in UTF-8. */
export function encodeBase64(value: string | Uint8Array): string {
  return (typeof value === "string" ? new TextEncoder().encode(value) : value).toBase64();
}

export function decodeBase64(base64: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(base64));
}
