import { ROLES } from "../tokens/rights.ts";
import { choice, command, CONFIG_FLAG, text } from "./command.ts";
import type { Placed } from "./routes.ts";

const TOKENS_FILE = {
  tokensFile: text("Tokens file (default: the setting tokens-file)", "file"),
  config: CONFIG_FLAG,
} as const;

const tokenCreate = command(async () => (await import("./token.ts")).createToken, {
  flags: {
    name: text("Name of the token, shown in the log and the audit log (required)", "name"),
    role: text("Role: reader, writer or admin (required)", "role", ROLES),
    clusters: text("Clusters that the token is for: names or patterns (default: all)", "list"),
    expires: text("Time until the token expires: 90d, 12h, 30m or a time (default: never)", "time"),
    output: choice("Output format: the token with its properties (default: the token alone)", [
      "json",
      "yaml",
    ]),
    ...TOKENS_FILE,
  },
  aliases: { o: "output" },
  brief: "Create a token and print it once",
  full:
    "Prints the new token to standard output. The tokens file holds only its SHA-256 hash, so the " +
    "token cannot be shown again.",
  examples: [
    [
      "--name ci --role writer --clusters 'prod-*,test' --expires 90d --tokens-file tokens.yaml",
      "Create a token for a pipeline, for some clusters and 90 days",
    ],
  ],
});

const tokenList = command(async () => (await import("./token.ts")).listTokens, {
  flags: {
    output: choice("Output format (default: table)", ["table", "json", "yaml", "name"]),
    ...TOKENS_FILE,
  },
  aliases: { o: "output" },
  brief: "List tokens with their role, clusters and expiry",
  examples: [
    ["--tokens-file tokens.yaml", "List the tokens of a file"],
    ["-o json", "List the tokens of the configured file, for a script"],
  ],
});

/** Optional for Stricli: the command reports a missing name with its own usage. */
const TOKEN_NAME = {
  brief: "Name of the token",
  placeholder: "name",
  parse: String,
  optional: true,
  isNeeded: true,
} as const;

const tokenRemove = command(async () => (await import("./token.ts")).removeToken, {
  flags: TOKENS_FILE,
  positional: {
    kind: "tuple",
    parameters: [TOKEN_NAME],
  },
  brief: "Remove a token; it stops working immediately",
  examples: [["ci --tokens-file tokens.yaml", "Remove the token 'ci'"]],
});

const GROUP = "Manage API tokens";

export const TOKEN_COMMANDS: readonly Placed[] = [
  { words: ["token", "create"], brief: tokenCreate.brief, group: GROUP, command: tokenCreate },
  { words: ["token", "list"], brief: tokenList.brief, command: tokenList },
  {
    words: ["token", "remove"],
    // As credentials are deleted.
    aliases: ["delete"],
    brief: tokenRemove.brief,
    command: tokenRemove,
  },
];
