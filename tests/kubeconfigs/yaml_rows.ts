import { refused, type Row, textOf, unsafe, works } from "./row.ts";

const NOT_YAML = /^it is not valid YAML at line \d+, column \d+$/;
const LOADING = /error loading config file/;

/** How a kubeconfig is written down. */
export const YAML_ROWS: readonly Row[] = [
  works("nothing odd", (draft) => draft),
  works("written as JSON", (draft) => JSON.stringify(draft, null, 2)),
  works("written as JSON in one line", (draft) => JSON.stringify(draft)),
  works(
    "a key twice: the last counts",
    (_, parts) => textOf(parts, { user: `token: ${parts.canary}\n    token: ${parts.token}` }),
  ),
  works(
    "'users' twice: the last counts",
    (_, parts) => textOf(parts, { before: "users: [{name: u, user: {}}]\n" }),
  ),
  works(
    "'current-context' twice: the last counts",
    (_, parts) => textOf(parts, { before: "current-context: nowhere\n" }),
  ),
  works(
    "a second document: the first counts",
    (_, parts) => textOf(parts, { after: "---\napiVersion: v2\nkind: Else\n" }),
  ),
  works("a second document that is not YAML", (_, parts) => textOf(parts, { after: "---\n[[\n" })),
  works("an end of the document, and more", (_, parts) => textOf(parts, { after: "...\n]]\n" })),
  works("a document with its mark", (_, parts) => textOf(parts, { before: "---\n" })),
  works(
    "comments and blank lines",
    (_, parts) => textOf(parts, { before: "# one\n\n  # two\n", after: "\n# three" }),
  ),
  works("lines that end in CR LF", (_, parts) => textOf(parts).replaceAll("\n", "\r\n")),
  works("a byte order mark", (_, parts) => "\ufeff" + textOf(parts)),
  works("a directive of YAML 1.1", (_, parts) => textOf(parts, { before: "%YAML 1.1\n---\n" })),
  refused(
    "a directive of YAML 1.2",
    (_, parts) => textOf(parts, { before: "%YAML 1.2\n---\n" }),
    /its %YAML directive is not version 1\.1/,
    LOADING,
  ),
  works(
    "a bracket that closes at the margin",
    (_, { token, ...parts }) =>
      textOf({ token, ...parts }).replace(
        /users:[^]*?\ncontexts/,
        `users: [\n{name: u, user: {token: ${token}}},\n]\ncontexts`,
      ),
  ),
  works(
    "a quoted text over lines",
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
  works("a merge key after a token, which takes its place", (_, parts) =>
    textOf(parts, {
      before: `mine: &mine {token: ${parts.token}}\n`,
      user: `token: ${parts.canary}\n    <<: *mine`,
    })),
  works("a token after a merge key, which takes its place", (_, parts) =>
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
    "a time of day as a name, which is no number",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: 12:30:45")
        .replace("current-context: x", "current-context: 12:30:45"),
  ),
  works(
    "a tag of its own before a text",
    (_, parts) => textOf(parts, { user: `token: !mine ${parts.token}` }),
  ),
  works(
    "a number with the tag of texts",
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
    "a name that YAML 1.1 takes for true",
    (_, parts) =>
      textOf(parts).replaceAll("name: x", "name: on")
        .replace("current-context: x", "current-context: on"),
    /is not a string; put it in quotes$/,
    /cannot unmarshal bool/,
  ),
  works("JSON, and something behind it", (draft) => `${JSON.stringify(draft)}\n]]\n`),
  works(
    "lines indented, and one behind them that is not",
    (_, parts) => textOf(parts).replace(/^/gm, " ").trimEnd() + "\nclusters: []\n",
  ),
  refused("a bracket too many", (_, parts) => textOf(parts, { after: "]\n" }), NOT_YAML, LOADING),
  refused(
    "a tab before a key",
    (_, parts) => textOf(parts, { user: `token: ${parts.token}\n\ttokenFile: x` }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "a text that begins with @",
    (_, parts) => textOf(parts, { user: "token: @" + parts.token }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "a quote that does not end",
    (_, parts) => textOf(parts, { user: `token: "${parts.canary}` }),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "an escape of JSON that YAML 1.1 has not",
    (draft) => JSON.stringify(draft).replace("https://", String.raw`https:\/\/`),
    NOT_YAML,
    LOADING,
  ),
  refused(
    "an alias of nothing",
    (_, parts) => textOf(parts, { user: "token: *nothing" }),
    /^an alias \(\*\) in it has an unknown anchor$/,
    LOADING,
  ),
  refused(
    "a merge of a text",
    (_, parts) => textOf(parts, { user: `token: ${parts.token}\n    <<: text` }),
    /refers to no mapping$/,
    LOADING,
  ),
  refused("a list", (draft) => [draft], /^it is not a YAML mapping$/, LOADING),
  refused("a text", (_, { canary }) => canary, /^it is not a YAML mapping$/, LOADING),
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
    "two readers of one encoding are enough to keep alike",
  ),
  unsafe(
    "a line break that is neither LF nor CR LF",
    (_, parts) => textOf(parts, { user: `token: ${parts.token} # one\u2028    as: reader` }),
    /^it contains a line break other than LF or CR LF, which is not allowed for safety$/,
    "takes",
    "what kubectl reads behind it would be a comment to us",
  ),
  unsafe(
    "aliases that unfold into what takes all memory",
    (_, parts) => {
      const levels = [..."bcdefghij"].map((key, i) =>
        `${key}: &${key} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]\n`
      );
      return textOf(parts, { before: `a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join("")}` });
    },
    /^its aliases \(\*\) expand to more than is allowed for safety \(excessive aliasing\)$/,
    LOADING,
    "kubectl refuses it, too, but not as YAML",
  ),
  unsafe(
    "aliases that unfold into much, which kubectl still reads",
    (_, parts) =>
      textOf(parts, {
        before: `a: &a [${Array(900).fill("x").join(",")}]\nb: [${
          Array(50).fill("*a").join(",")
        }]\n`,
      }),
    /^its aliases \(\*\) expand to more than is allowed for safety \(excessive aliasing\)$/,
    "takes",
    "a kubeconfig has no use for 45,000 pieces",
  ),
  unsafe(
    "brackets 150 deep",
    (_, parts) => textOf(parts, { before: `a: ${"[".repeat(150)}${"]".repeat(150)}\n` }),
    /^it is nested deeper than is allowed for safety$/,
    "takes",
    "deep nesting takes the parser's stack",
  ),
];
