import { decodeBase64Text } from "../../text/bytes.ts";

/** The most layers of encoding, such as a base64 header in JSON within a JSON string. */
const MOST_LAYERS = 3;

/** Base64 with at least the length of an encoded value that is long enough to search for. */
const BASE64 = [/[A-Za-z0-9+/]{16,}={0,2}/g, /[A-Za-z0-9_-]{16,}={0,2}/g];

/** A text that is base64 as a whole, possibly wrapped into lines. */
const WRAPPED = /^[A-Za-z0-9+/\s]{16,}={0,2}$/;

/**
 * A text and its decoded forms: JSON escapes, percent-encoding and base64 (also of parts of the text), nested in any
 * order. Text that is not encoded gives no further form.
 */
export function readings(text: string): string[] {
  const all = new Set([text]);
  let last = [text];
  for (let layer = 0; layer < MOST_LAYERS && last.length > 0; layer++) {
    last = last.flatMap(decoded).filter((each) => !all.has(each));
    for (const each of last) all.add(each);
  }
  return [...all];
}

function decoded(text: string): string[] {
  const pieces = new Set(BASE64.flatMap((each) => text.match(each) ?? []));
  if (WRAPPED.test(text.trim())) pieces.add(text);
  return [
    ...text.includes("\\") ? [unescaped(text)] : [],
    ...text.includes("%") ? [percentDecoded(text)] : [],
    ...[...pieces].flatMap(base64Decoded),
  ];
}

/** Decodes JSON escapes, also in a text that is not valid JSON as a whole, such as a truncated configuration. */
function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|([^]))/g,
    (_, hex, char) =>
      hex === undefined ? WHITE[char] ?? char : String.fromCharCode(parseInt(hex, 16)),
  );
}

const WHITE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

/** Decodes base64; returns nothing for binary data. */
function base64Decoded(piece: string): string[] {
  const text = decodeBase64Text(piece.replaceAll("-", "+").replaceAll("_", "/"));
  return text === "" || text.includes("\uFFFD") ? [] : [text];
}
