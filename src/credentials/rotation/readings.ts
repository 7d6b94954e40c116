import { decodeBase64Text } from "../../text/bytes.ts";

/** How often a text may be encoded: a header in base64 in a JSON that is a text of another one. */
const MOST_LAYERS = 3;

/** The least number of characters of base64 that are taken for it: of what is long enough to be looked for. */
const BASE64 = [/[A-Za-z0-9+/]{16,}={0,2}/g, /[A-Za-z0-9_-]{16,}={0,2}/g];

/** All base64, wrapped into lines perhaps. */
const WRAPPED = /^[A-Za-z0-9+/\s]{16,}={0,2}$/;

/**
 * A text as it is, and what it says in the encodings that texts around a credential have, also in one another: escaped
 * as in JSON, percent-encoded, and in base64, of which pieces are read too. What is no encoding changes nothing.
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

/** Text is not always JSON as a whole, as a configuration that is cut off. */
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

/** None of what is no text. */
function base64Decoded(piece: string): string[] {
  const text = decodeBase64Text(piece.replaceAll("-", "+").replaceAll("_", "/"));
  return text === "" || text.includes("\uFFFD") ? [] : [text];
}
