import { ROLES } from "../tokens/rights.ts";
import { choice, command, CONFIG_FLAG, text } from "./command.ts";
import type { Placed } from "./routes.ts";

const TOKENS_FILE = {
  tokensFile: text("File of the tokens (default: the setting tokens-file)", "file"),
  config: CONFIG_FLAG,
} as const;

const tokenCreate = command(async () => (await import("./token.ts")).createToken, {
  flags: {
    name: text("Who or what it is for; the log names it (required)", "name"),
    role: text("reader, writer or admin (required)", "role", ROLES),
    clusters: text("Names or patterns of the clusters it is for (default: all)", "list"),
    expires: text("90d, 12h, 30m or a time (default: never)", "time"),
    output: choice("json or yaml: the token with what it is for (default: it alone)", [
      "json",
      "yaml",
    ]),
    ...TOKENS_FILE,
  },
  aliases: { o: "output" },
  brief: "Make a token and print it, once",
  full: "Prints a new token on standard output and keeps its SHA-256 sum in the file of tokens.",
  examples: [
    [
      "--name ci --role writer --clusters 'prod-*,test' --expires 90d --tokens-file tokens.yaml",
      "For a pipeline, for some clusters, for ninety days",
    ],
  ],
});

const tokenList = command(async () => (await import("./token.ts")).listTokens, {
  flags: {
    output: choice("How it is shown (default: table)", ["table", "json", "yaml", "name"]),
    ...TOKENS_FILE,
  },
  aliases: { o: "output" },
  brief: "Show the tokens' names, roles, clusters and ends",
  examples: [
    ["--tokens-file tokens.yaml", "Those of a file"],
    ["-o json", "For a script, those of the configuration"],
  ],
});

const tokenRemove = command(async () => (await import("./token.ts")).removeToken, {
  flags: TOKENS_FILE,
  positional: {
    kind: "tuple",
    parameters: [{ brief: "Of the token", placeholder: "name", parse: String, optional: true }],
  },
  brief: "Remove a token, which stops working at once",
  examples: [["ci --tokens-file tokens.yaml", "That of the pipeline"]],
});

const GROUP = "Make, show and remove tokens for the API";

export const TOKEN_COMMANDS: readonly Placed[] = [
  { words: ["token", "create"], brief: tokenCreate.brief, group: GROUP, command: tokenCreate },
  { words: ["token", "list"], brief: tokenList.brief, command: tokenList },
  {
    words: ["token", "remove"],
    // What credentials are removed by.
    aliases: ["delete"],
    brief: tokenRemove.brief,
    command: tokenRemove,
  },
];
