/** Canonical forms: two stored texts are the same credential when their canonical forms are equal. */
import { asciiText, decodeBase64 } from "../../text/bytes.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { parsedObject } from "../../text/json.ts";

/** The canonical form of a PEM text: LF line breaks, and none at the end. */
export function canonicalPem(text: string): string {
  const lines = text.replaceAll("\r\n", "\n");
  let end = lines.length;
  while ("\r\n".includes(lines[end - 1] ?? " ")) end--;
  return lines.slice(0, end);
}

/**
 * The canonical form of any other value. A Google service account key is the same credential in all its
 * forms: as a key of its own, and as the password of the user `_json_key` or, in base64,
 * `_json_key_base64`.
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function canonicalValue(text: string): string {
  return googleKeyIn(text)?.json ?? text;
}

/** A Google service account key as compact JSON, and whether the text has it in base64. */
export function googleKeyIn(text: string): { json: string; isBase64: boolean } | undefined {
  // Most values are no such key, so rule them out quickly.
  const isBase64 = /^e[wy][A-Za-z0-9+/\s]{50,}={0,2}$/.test(text.trim());
  const json = isBase64 ? utf8Text(text) ?? "" : text;
  if (!/^\s*\{/.test(json) || !json.includes("service_account")) return undefined;
  const object = parsedObject(json);
  return object?.type === "service_account"
    ? { json: JSON.stringify(object), isBase64 }
    : undefined;
}

/** {@link canonicalValue} of a sealed value. */
export function canonicalSealed(value: Sealed<string>): Sealed<string> {
  const text = value.reveal();
  const canonical = canonicalValue(text);
  return canonical === text ? value : seal(canonical);
}

/** The canonical form of JSON: no white space between tokens. Other texts are treated as PEM. */
export function canonicalJson(text: string): string {
  const object = parsedObject(text);
  return object === undefined ? canonicalPem(text) : JSON.stringify(object);
}

/**
 * A stored value as a text that is equal only for equal bytes. Decoding alone would replace invalid bytes
 * and so make different values equal.
 * @param base64 a value of a secret's `data`
 */
export function exactText(base64: string): string {
  return utf8Text(base64) ?? `${BYTES}${base64}`;
}

const BYTES = "\0base64:";

/** Whether a text of {@link exactText} stands for bytes that are not UTF-8. */
export const isBytes = (text: Sealed<string>): boolean => text.reveal().startsWith(BYTES);

/** Decodes base64 to text, including a byte order mark; `undefined` when the bytes are not UTF-8. */
export function utf8Text(base64: string): string | undefined {
  const ascii = asciiText(base64);
  if (ascii !== undefined) return ascii;
  const bytes = decodeBase64(base64);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
