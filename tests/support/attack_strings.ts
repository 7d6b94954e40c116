/** Texts that make a careless regular expression or loop backtrack for a long time. */

/** Repetitions of a part: quadratic work takes more than two seconds. */
const LENGTH = 60_000;

const PARTS: readonly (readonly [what: string, part: string, before?: string, after?: string])[] = [
  ["one letter", "a", "", "!"],
  ["one digit", "1", "", "x"],
  ["spaces", " ", "a", "a"],
  ["line breaks", "\n", "a", "a"],
  ["carriage returns", "  a\r"],
  ["hyphens", "-", "a", "!"],
  ["letters and hyphens", "a-", "", "!"],
  ["dots", ".", "a", "a!"],
  ["labels of a host", "a.", "", "!"],
  ["numbers and dots", "1.", "", "x"],
  ["slashes", "/", "https://a", "a"],
  ["parts of a path", "a/", "https://a/", "!"],
  ["parts of an SCP-like path", "a/", "git@a:", "\u0000"],
  ["users", "a@", "https://", ""],
  ["ports", "a:1", "", "!"],
  ["schemes", "a://"],
  ["brackets", "[", "https://"],
  ["parentheses", "a in (", "", ""],
  ["selectors", "a= ,", "", "!!"],
  ["commas", ","],
  ["commas and names", "a,a-,", "", ""],
  ["equals signs", "=", "a", "!"],
  ["padding", "A===", "", "!"],
  ["base64", "AAAA", "", "*"],
  ["percent signs", "%2f", "https://a/"],
  ["quotes", '\\"', '"'],
  ["asterisks", "*a", "", "!"],
  ["underscores", "a__", "", "-"],
  ["colons", ":", "[", "]"],
  ["PEM BEGIN lines", "-----BEGIN A PRIVATE KEY-----\n"],
  ["PEM lines", "AAAA\n", "-----BEGIN RSA PRIVATE KEY-----\n"],
  ["PEM headers", "A: b\n", "-----BEGIN RSA PRIVATE KEY-----\n", "\n"],
  ["JSON fields", '"a":{', "{"],
  ["YAML anchors", "&a *a "],
  ["combining marks", "e\u0301", "", "!"],
  ["lone surrogates", "\ud800"],
];

export interface AttackString {
  readonly what: string;
  readonly text: string;
}

export const ATTACK_STRINGS: readonly AttackString[] = PARTS.map(
  ([what, part, before = "", after = ""]) => ({
    what,
    text: before + part.repeat(Math.ceil(LENGTH / part.length)) + after,
  }),
);
