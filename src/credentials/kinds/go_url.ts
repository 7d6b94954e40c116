import { isAscii } from "../../text/bytes.ts";
import { isGoIpv6 } from "./go_ipv6.ts";

/**
 * The result of Go's `url.Parse(text)` and `String()`, with which Argo CD compares repository URLs;
 * `undefined` where Go cannot parse the text. Go works on bytes, and so does this file: each character of
 * its strings is one byte of UTF-8.
 * @see https://github.com/golang/go/blob/go1.26.3/src/net/url/url.go parse, setPath, String
 */
export function goUrlString(text: string): string | undefined {
  if (PLAIN_URL.test(text)) return text;
  try {
    return fromBytes(printed(toBytes(text)));
  } catch (error) {
    if (error instanceof Unparsable) return undefined;
    throw error;
  }
}

/**
 * `Host` and `Path` of Go's `url.Parse("https://" + text)`, the path decoded; `undefined` where Go cannot
 * parse the URL.
 * @param text in the form of {@link toBytes}, as is the result
 */
export function goHostAndPath(text: string): { host: string; path: string } | undefined {
  try {
    const [before, fragment] = cut(text, "#");
    // deno-lint-ignore no-control-regex -- Go looks for these bytes
    if (/[\0-\x1f\x7f]/.test(before)) throw new Unparsable();
    unescape(fragment, "fragment");
    const [, authority = "", path = ""] = /^([^/]*)(.*)$/s.exec(cut(before, "?")[0])!;
    const [, host] = authorityOf("https", authority);
    return { host, path: unescape(path, "path") };
  } catch (error) {
    if (error instanceof Unparsable) return undefined;
    throw error;
  }
}

/** The usual case: nothing to escape, decode or reject, so Go prints the URL as it is. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.-]+(:[0-9]+)?(\/[A-Za-z0-9._~\/-]*)?$/;

/** Go would return an error. Which one does not matter here. */
class Unparsable extends Error {}

function printed(whole: string): string {
  const [text, fragment] = cut(whole, "#");
  // deno-lint-ignore no-control-regex -- Go looks for these bytes
  if (/[\0-\x1f\x7f]/.test(text)) throw new Unparsable();
  const end = fragment === "" ? "" : `#${reencoded(fragment, "fragment")}`;
  return beforeFragment(text) + end;
}

function beforeFragment(text: string): string {
  if (text === "*") return text;
  const [scheme, afterScheme] = schemeOf(text);
  const prefix = scheme === "" ? "" : `${scheme}:`;
  const [rest, query] = cut(afterScheme, "?");
  // Go keeps a lone "?" at the end.
  const tail = query !== "" || /^[^?]*\?$/.test(afterScheme) ? `?${query}` : "";
  if (!rest.startsWith("/")) {
    // An opaque URL, such as `registry.example.com:5000/x`, is printed as it is.
    if (scheme !== "" && rest !== "") return prefix + rest + tail;
    if (scheme !== "") return prefix + tail;
    if (cut(rest, "/")[0].includes(":")) throw new Unparsable();
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
  const [, authority = "", rawPath = ""] = hasAuthority
    ? /^\/\/([^/]*)(.*)$/s.exec(rest)!
    : ["", "", rest];
  const [user, host] = hasAuthority ? authorityOf(scheme, authority) : [undefined, ""];
  const path = reencoded(rawPath, "path");
  const slashes = hasAuthority && (host !== "" || rawPath !== "" || user !== undefined);
  // A URL without scheme, host and user has no slashes before its path.
  const isBare = scheme === "" && host === "" && user === undefined;
  const before = prefix + (slashes && !isBare ? "//" : "") +
    (user === undefined ? "" : `${user}@`) + escape(host, "host");
  // Without "./", a colon in the first segment would make it a scheme.
  const dot = before === "" && cut(path, "/")[0].includes(":") ? "./" : "";
  return before + dot + path + tail;
}

function schemeOf(text: string): [scheme: string, rest: string] {
  if (text.startsWith(":")) throw new Unparsable();
  const [, scheme = "", rest = text] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? [];
  return [scheme.toLowerCase(), rest];
}

function authorityOf(scheme: string, authority: string): [user: string | undefined, host: string] {
  const at = authority.lastIndexOf("@");
  const host = hostOf(scheme, authority.slice(at + 1));
  if (at < 0) return [undefined, host];
  const given = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(given)) throw new Unparsable();
  const [user, password] = cut(given, ":");
  const part = (text: string) => escape(unescape(text, "user"), "user");
  return [given.includes(":") ? `${part(user)}:${part(password)}` : part(user), host];
}

/** The decoded host of an authority without user information. */
function hostOf(scheme: string, text: string): string {
  const open = text.lastIndexOf("[");
  if (open > 0) throw new Unparsable();
  if (open === 0) return bracketed(text);
  const colons = text.split(":").length - 1;
  // With http and https a second colon is an error; otherwise the last colon starts the port.
  const isStrict = scheme === "http" || scheme === "https";
  const colon = isStrict || colons === 1 ? text.indexOf(":") : text.lastIndexOf(":");
  if (colon >= 0) checkPort(text.slice(colon));
  return unescape(text, "host");
}

function bracketed(text: string): string {
  const close = text.lastIndexOf("]");
  if (close < 0) throw new Unparsable();
  checkPort(text.slice(close + 1));
  const inside = text.slice(1, close);
  const zone = inside.indexOf("%25");
  const address = zone < 0
    ? unescape(inside, "host")
    : unescape(inside.slice(0, zone), "host") + unescape(inside.slice(zone), "zone");
  if (!isGoIpv6(address)) throw new Unparsable();
  return `[${address}]${text.slice(close + 1)}`;
}

function checkPort(text: string): void {
  if (!/^(:[0-9]*)?$/.test(text)) throw new Unparsable();
}

/** A part of a URL, which decides how it is escaped. */
type Part = "path" | "fragment" | "user" | "host" | "zone";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/**
 * The characters that are not escaped in each part.
 * @see https://github.com/golang/go/blob/go1.26.3/src/net/url/gen_encoding_table.go shouldEscape
 */
const PLAIN: Readonly<Record<Part, ReadonlySet<string>>> = {
  path: new Set(`${LETTERS}-_.~$&+,/:;=@`),
  fragment: new Set(`${LETTERS}-_.~$&+,/:;=?@!()*`),
  user: new Set(`${LETTERS}-_.~$&+,;=`),
  host: new Set(`${LETTERS}-_.~!$&'()*+,;=:[]<>"`),
  zone: new Set(`${LETTERS}-_.~!$&'()*+,;=:[]<>"`),
};

/** A path or fragment as Go prints it: unchanged if it is a valid encoding, otherwise encoded again. */
function reencoded(given: string, part: "path" | "fragment"): string {
  const decoded = unescape(given, part);
  const isValid = [...given].every((char) => PLAIN[part].has(char) || "!'()*[]%".includes(char));
  return isValid ? given : escape(decoded, part);
}

function escape(text: string, part: Part): string {
  return Array.from(text, (char) => {
    if (PLAIN[part].has(char)) return char;
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function unescape(text: string, part: Part): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) throw new Unparsable();
  if (part === "host" || part === "zone") checkHost(text, part);
  return text.replace(/%(..)/gs, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

/**
 * A host may escape non-ASCII characters only; an IPv6 zone may escape any character of a host, and a
 * space.
 */
function checkHost(text: string, part: "host" | "zone"): void {
  if (/^[A-Za-z0-9.:-]*$/.test(text)) return; // the usual case, quickly
  for (const [token] of text.matchAll(/%..|[^]/gs)) {
    const char = token.length === 1 ? token : String.fromCharCode(parseInt(token.slice(1), 16));
    const isAllowed = token === "%25" ||
      (token.length === 1
        ? char >= "\x80" || PLAIN[part].has(char)
        : part === "host"
        ? char >= "\x80"
        : char === " " || PLAIN.host.has(char));
    if (!isAllowed) throw new Unparsable();
  }
}

function cut(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The UTF-8 bytes of a text, one character per byte. */
export function toBytes(text: string): string {
  if (isAscii(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

function fromBytes(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
