import { isGoIpv6 } from "./go_ipv6.ts";

/**
 * What Go's `url.Parse(text)` prints as `String()`: how Argo CD compares the URLs of repositories.
 * `undefined` where Go cannot parse the text. All is done on bytes, as there: each character of the
 * texts in here is one byte of UTF-8.
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
 * parse that.
 * @param text as {@link toBytes} gives it, and so is what is returned
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

/** What nearly all are: nothing in it is escaped, decoded or refused, so that it is printed as it is. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.-]+(:[0-9]+)?(\/[A-Za-z0-9._~\/-]*)?$/;

/** Go would return an error; which one is no matter here. */
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
  // A lone "?" at the end stays, as does a query.
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
  // Else a first segment with a colon would be taken for a scheme.
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

/** Without user information, and decoded. */
function hostOf(scheme: string, text: string): string {
  const open = text.lastIndexOf("[");
  if (open > 0) throw new Unparsable();
  if (open === 0) return bracketed(text);
  const colons = text.split(":").length - 1;
  // Only http and https mind a second colon; else the last one begins the port.
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
 * What stays as it is in each part.
 * @see https://github.com/golang/go/blob/go1.26.3/src/net/url/gen_encoding_table.go shouldEscape
 */
const PLAIN: Readonly<Record<Part, ReadonlySet<string>>> = {
  path: new Set(`${LETTERS}-_.~$&+,/:;=@`),
  fragment: new Set(`${LETTERS}-_.~$&+,/:;=?@!()*`),
  user: new Set(`${LETTERS}-_.~$&+,;=`),
  host: new Set(`${LETTERS}-_.~!$&'()*+,;=:[]<>"`),
  zone: new Set(`${LETTERS}-_.~!$&'()*+,;=:[]<>"`),
};

/**
 * A path or fragment as it is printed: as it was given where that is a valid encoding, else encoded
 * anew.
 */
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

/** In a host only what is no ASCII may be escaped, and in an IPv6 zone what a host may hold, or a space. */
function checkHost(text: string, part: "host" | "zone"): void {
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

/** A text's bytes in UTF-8, each as one character. */
export function toBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

function fromBytes(bytes: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
