/** An authentication method that a server offers. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** By name in lower case; the first one of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`(${TOKEN})\\s*=\\s*(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")`, "y");
const SCHEME = new RegExp(`(${TOKEN})(?=[\\s,]|$)`, "y");
/**
 * Text between challenges and parameters, or neither of them, such as the token of `Negotiate`; an unclosed quote hides
 * the rest.
 */
const SEPARATOR = /[\s,]+|[^\s,"]+|"[^]*/y;

/**
 * Parses the challenges of a `WWW-Authenticate` header, in which commas separate challenges as well as the parameters
 * of a challenge.
 * @see RFC 9110, section 11.6.1
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (let at = 0; at < header.length;) {
    const match = (pattern: RegExp) => {
      pattern.lastIndex = at;
      const found = pattern.exec(header);
      if (found) at = pattern.lastIndex;
      return found;
    };
    const parameter = match(PARAMETER);
    if (parameter) {
      const [, name = "", plain, quoted = ""] = parameter;
      const { parameters } = challenges.at(-1) ?? { parameters: new Map() };
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, plain ?? quoted.replace(/\\(.)/gs, "$1"));
      continue;
    }
    const scheme = match(SCHEME);
    if (scheme) challenges.push({ scheme: scheme[1]!.toLowerCase(), parameters: new Map() });
    else match(SEPARATOR);
  }
  return challenges;
}
