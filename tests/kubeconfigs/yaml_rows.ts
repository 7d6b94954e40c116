import { refused, type Row, textOf, unsafe, works } from "./row.ts";

const NOT_YAML = /^it is not valid YAML at line \d+, column \d+$/;
const LOADING = /error loading config file/;

/** The YAML of a kubeconfig. */
export const YAML_ROWS: readonly Row[] = [
  works("nothing unusual", (draft) => draft),
  works("JSON", (draft) => JSON.stringify(draft, null, 2)),
  works("JSON on one line", (draft) => JSON.stringify(draft)),
  works(
    "a duplicate key, of which the last counts",
    (_, parts) => textOf(parts, { user: `token: ${parts.canary}\n    token: ${parts.token}` }),
  ),
  works(
    "'users' twice, of which the last counts",
    (_, parts) => textOf(parts, { before: "users: [{name: u, user: {}}]\n" }),
  ),
  works(
    "'current-context' twice, of which the last counts",
    (_, parts) => textOf(parts, { before: "current-context: nowhere\n" }),
  ),
  works(
    "a second document, of which the first counts",
    (_, parts) => textOf(parts, { after: "---\napiVersion: v2\nkind: Else\n" }),
  ),
  works("a second document that is not YAML", (_, parts) => textOf(parts, { after: "---\n[[\n" })),
  works("a document end marker and more text", (_, parts) => textOf(parts, { after: "...\n]]\n" })),
  works("a document start marker", (_, parts) => textOf(parts, { before: "---\n" })),
  works(
    "comments and blank lines",
    (_, parts) => textOf(parts, { before: "# one\n\n  # two\n", after: "\n# three" }),
  ),
  works("CRLF line endings", (_, parts) => textOf(parts).replaceAll("\n", "\r\n")),
  works("a byte order mark", (_, parts) => "\ufeff" + textOf(parts)),
  works("a YAML 1.1 directive", (_, parts) => textOf(parts, { before: "%YAML 1.1\n---\n" })),
  refused(
    "a YAML 1.2 directive",
    (_, parts) => textOf(parts, { before: "%YAML 1.2\n---\n" }),
    /its %YAML directive is not version 1\.1/,
    LOADING,
  ),
  works(
    "a closing bracket at the margin",
    (_, { token, ...parts }) =>
      textOf({ token, ...parts }).replace(
        /users:[^]*?\ncontexts/,
        `users: [\n{name: u, user: {token: ${token}}},\n]\ncontexts`,
      ),
  ),
  works(
    "a quoted scalar over several lines",
    (_, parts) => textOf(parts, { user: `token: "\\\n${parts.token}"` }),
  ),
  works("an anchor and an alias", (_, parts) =>
    textOf(parts, {
      before: `mine: &mine {token: ${parts.token}}\n`,
    }).replace(/- name: u\n {2}user:\n.*\n/, "- name: u\n  user: *mine\n")),
  works(
    "a merge key",
    (_, parts) =>
      textOf(parts, { before: `mine: &mine {token: ${parts.token}}\n`, user: "<<: *mine" }),
  ),
  works("a merge key that overrides the token before it", (_, parts) =>
    textOf(parts, {
      before: `mine: &mine {token: ${parts.token}}\n`,
      user: `token: ${parts.canary}\n    <<: *mine`,
    })),
  works("a token that overrides the merge key before it", (_, parts) =>
    textOf(parts, {
      before: `mine: &mine {token: ${parts.canary}}\n`,
      user: `<<: *mine\n    token: ${parts.token}`,
    })),
  works("more than twenty aliases", (_, parts) =>
    textOf(parts, {
      before: `a: &a some\nmany: [${Array(50).fill("*a").join(", ")}]\n`,
    })),
  works("a date as a name", (_, parts) =>
    textOf(parts).replaceAll("name: x", "name: 2026-11-29")
      .replace("current-context: x", "current-context: 2026-11-29")),
  works(
    "a time as a name",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: 2026-11-29T10:00:00Z")
        .replace("current-context: x", "current-context: 2026-11-29T10:00:00Z"),
  ),
  works(
    "a time of day as a name, which is not a number",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: 12:30:45")
        .replace("current-context: x", "current-context: 12:30:45"),
  ),
  works(
    "a custom tag before a string",
    (_, parts) => textOf(parts, { user: `token: !mine ${parts.token}` }),
  ),
  works(
    "a number tagged as a string",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: !!str 12")
        .replace("current-context: x", 'current-context: "12"'),
  ),
  refused(
    "a number as a name",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: 12")
        .replace("current-context: x", "current-context: 12"),
    /^its 'contexts\[0\]\.name' is not a string; put it in quotes$|^its 'current-context' is not a string/,
    /cannot unmarshal number/,
  ),
  refused(
    "a name that YAML 1.1 reads as true",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: on")
        .replace("current-context: x", "current-context: on"),
    /is not a string; put it in quotes$/,
    /cannot unmarshal bool/,
  ),
  works("JSON with trailing text", (draft) => `${JSON.stringify(draft)}\n]]\n`),
  works(
    "indented lines followed by an unindented one",
    (_, parts) => textOf(parts).replace(/^/gm, " ").trimEnd() + "\nclusters: []\n",
  ),
  refused(
    "an extra closing bracket",
    (_, parts) => textOf(parts, { after: "]\n" }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "a tab before a key",
    (_, parts) => textOf(parts, { user: `token: ${parts.token}\n\ttokenFile: x` }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "a plain scalar that starts with @",
    (_, parts) => textOf(parts, { user: "token: @" + parts.token }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "an unterminated quote",
    (_, parts) => textOf(parts, { user: `token: "${parts.canary}` }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "a JSON escape that YAML 1.1 does not have",
    (draft) => JSON.stringify(draft).replace("https://", String.raw`https:\/\/`),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "an undefined alias",
    (_, parts) => textOf(parts, { user: "token: *nothing" }),
    /^an alias \(\*\) in it has an unknown anchor$/,
    LOADING,
  ),
  refused(
    "a merge of a scalar",
    (_, parts) => textOf(parts, { user: `token: ${parts.token}\n    <<: text` }),
    /refers to no mapping$/,
    LOADING,
  ),
  refused("a list", (draft) => [draft], /^it is not a YAML mapping$/, LOADING),
  refused("a scalar", (_, { canary }) => canary, /^it is not a YAML mapping$/, LOADING),
  refused(
    "bytes that are not UTF-8",
    (_, parts) => Uint8Array.from([...new TextEncoder().encode(textOf(parts)), 0xc3, 0x28]),
    /^it is not UTF-8 text$/,
    LOADING,
  ),
  unsafe(
    "UTF-16",
    (_, parts) => {
      const text = "\ufeff" + textOf(parts);
      return Uint8Array.from(
        [...text].flatMap((char) => [char.charCodeAt(0) & 0xff, char.charCodeAt(0) >> 8]),
      );
    },
    /^it is UTF-16, which is not allowed for safety; save it as UTF-8$/,
    "takes",
    "two encodings need not be parsed like kubectl does",
  ),
  unsafe(
    "a line break other than LF and CRLF",
    (_, parts) => textOf(parts, { user: `token: ${parts.token} # one\u2028    as: reader` }),
    /^it contains a line break other than LF or CR LF, which is not allowed for safety$/,
    "takes",
    "text after it is data to kubectl and a comment to this program",
  ),
  unsafe(
    "aliases that expand to more than memory",
    (_, parts) => {
      const levels = [..."bcdefghij"].map((key, i) =>
        `${key}: &${key} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]\n`
      );
      return textOf(parts, { before: `a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join("")}` });
    },
    /^its aliases \(\*\) expand to more than is allowed for safety \(excessive aliasing\)$/,
    LOADING,
    "kubectl rejects it, too, but not as YAML",
  ),
  unsafe(
    "aliases that expand to much, which kubectl still reads",
    (_, parts) =>
      textOf(parts, {
        before: `a: &a [${Array(900).fill("x").join(",")}]\nb: [${
          Array(50).fill("*a").join(",")
        }]\n`,
      }),
    /^its aliases \(\*\) expand to more than is allowed for safety \(excessive aliasing\)$/,
    "takes",
    "a kubeconfig needs no 45,000 items",
  ),
  unsafe(
    "brackets nested 150 deep",
    (_, parts) => textOf(parts, { before: `a: ${"[".repeat(150)}${"]".repeat(150)}\n` }),
    /^it is nested deeper than is allowed for safety$/,
    "takes",
    "deep nesting uses up the parser's stack",
  ),
];
