/** How two texts of a credential are told to be the same one. */
import { asciiText, decodeBase64 } from "../../text/bytes.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { parsedObject } from "../../text/json.ts";

/** A PEM text: line ends of Windows, and line breaks at its end, make no other key of it. */
export function canonicalPem(text: string): string {
  const lines = text.replaceAll("\r\n", "\n");
  let end = lines.length;
  while ("\r\n".includes(lines[end - 1] ?? " ")) end--;
  return lines.slice(0, end);
}

/**
 * A value of any place. The key of a Google service account is one in all of them: by a key of its own, and
 * as the password of the user `_json_key` or, in base64, of `_json_key_base64`.
 * @see https://cloud.google.com/artifact-registry/docs/docker/authentication#json-key
 */
export function canonicalValue(text: string): string {
  return googleKeyIn(text)?.json ?? text;
}

/** The key of a Google service account as compact JSON, and whether it stands there in base64. */
export function googleKeyIn(text: string): { json: string; isBase64: boolean } | undefined {
  // As most are none; what follows takes longer.
  const isBase64 = /^e[wy][A-Za-z0-9+/\s]{50,}={0,2}$/.test(text.trim());
  const json = isBase64 ? utf8Text(text) ?? "" : text;
  if (!/^\s*\{/.test(json) || !json.includes("service_account")) return undefined;
  const object = parsedObject(json);
  return object?.type === "service_account"
    ? { json: JSON.stringify(object), isBase64 }
    : undefined;
}

/** {@link canonicalValue} of what is sealed. */
export function canonicalSealed(value: Sealed<string>): Sealed<string> {
  const text = value.reveal();
  const canonical = canonicalValue(text);
  return canonical === text ? value : seal(canonical);
}

/** A JSON object: nor does white space between its tokens. What is no JSON counts as a PEM text does. */
export function canonicalJson(text: string): string {
  const object = parsedObject(text);
  return object === undefined ? canonicalPem(text) : JSON.stringify(object);
}

/**
 * A stored value as a text that is the same for the same bytes only: what decoding would replace or
 * drop stays told apart.
 * @param base64 as `data` of a secret has it
 */
export function exactText(base64: string): string {
  return utf8Text(base64) ?? `${BYTES}${base64}`;
}

const BYTES = "\0base64:";

/** Whether {@link exactText} stands for bytes that are no text. */
export const isBytes = (text: Sealed<string>): boolean => text.reveal().startsWith(BYTES);

/** The text of base64, with nothing dropped; `undefined` where it is no UTF-8. */
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
