import { dirname } from "node:path";
import { dump } from "js-yaml";
import { warningText } from "../config/warning.ts";
import { lockFolder } from "../files/lock.ts";
import { isClusterPattern, isRole, ROLES } from "../tokens/rights.ts";
import {
  isTokenName,
  readTokenFile,
  type StoredToken,
  TOKEN_NAME_RULE,
  TokenFileInvalid,
  writeTokenFile,
} from "../tokens/token_file.ts";
import { makeToken, sha256 } from "../tokens/tokens.ts";
import { tableText } from "./client/table.ts";
import { Failure } from "./failure.ts";
import { reasonOf } from "./reason.ts";
import { configOf } from "./setting_flags.ts";
import { orOf } from "./proposals.ts";
import { print, printError } from "./terminal.ts";

/** Flags that name the tokens file. */
export type TokenFileFlags = {
  readonly tokensFile?: string;
  readonly config?: string;
};

export type CreateTokenFlags = TokenFileFlags & {
  readonly name?: string;
  readonly role?: string;
  /** Names or patterns, comma-separated. */
  readonly clusters?: string;
  /** `90d`, `12h`, or a time in ISO 8601. */
  readonly expires?: string;
  /** @default prints only the token */
  readonly output?: "json" | "yaml";
};

export type ListTokensFlags = TokenFileFlags & {
  readonly output?: "table" | "json" | "yaml" | "name";
};

/** Creates a token, stores its hash, and prints the token, which cannot be shown again. */
export async function createToken(flags: CreateTokenFlags): Promise<number> {
  const { name, role } = flags;
  if (name === undefined || role === undefined) {
    const missing = (["name", "role"] as const).filter((flag) => flags[flag] === undefined);
    const names = missing.map((flag) => `--${flag}`).join(", ");
    throw new Failure(`Missing ${names}`, 2, { isInHelp: true });
  }
  if (!isTokenName(name)) throw new Failure(`Cannot use name '${name}': ${TOKEN_NAME_RULE}`, 2);
  if (!isRole(role)) {
    throw new Failure(`--role must be ${orOf(ROLES)}`, 2);
  }
  const clusters = flags.clusters === undefined ? undefined : clustersOf(flags.clusters);
  const expires = flags.expires === undefined ? undefined : timeOf(flags.expires, Date.now());
  const token = makeToken();
  const file = await fileOf(flags);
  await change(file, (tokens) => {
    if (tokens.some((other) => other.name === name)) {
      throw new Failure(`Token '${name}' already exists. Remove it first, or use another name`);
    }
    return [...tokens, { name, role, clusters, sha256: sha256(token), expires }];
  });
  const made = { ...described({ name, role, clusters, expires }), token, tokens_file: file };
  print(flags.output === undefined ? `${token}\n` : data(made, flags.output));
  printError(
    `Token '${name}' created: role ${role}, ${
      clusters === undefined ? "all clusters" : `clusters ${clusters.join(", ")}`
    }, ${
      expires ? `expires ${expires.toISOString()}` : "never expires"
    }. Save it now: it cannot be ` +
      `shown again, because ${file} has only its hash.\n`,
  );
  return 0;
}

/** A token for scripts, without its hash. */
function described({ name, role, clusters, expires }: Omit<StoredToken, "sha256">) {
  return {
    name,
    role,
    /** `null`: all. */
    clusters: clusters ?? null,
    /** `null`: never. */
    expires: expires?.toISOString() ?? null,
  };
}

const hasExpired = ({ expires }: Pick<StoredToken, "expires">) =>
  expires !== undefined && expires.getTime() <= Date.now();

const data = (value: unknown, format: "json" | "yaml") =>
  format === "json" ? JSON.stringify(value, null, 2) + "\n" : dump(value, { lineWidth: -1 });

function clustersOf(text: string): string[] {
  const clusters = text.split(",").map((each) => each.trim()).filter((each) => each !== "");
  const wrong = clusters.find((each) => !isClusterPattern(each));
  if (wrong !== undefined || clusters.length === 0) {
    throw new Failure(
      `Cannot use clusters '${text}': must be names or patterns with '*', comma-separated`,
      2,
    );
  }
  return clusters;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws {Failure} when it is not a time in the future */
function timeOf(text: string, now: number): Date {
  const [, count, unit] = /^([1-9][0-9]{0,5})([mhd])$/.exec(text) ?? [];
  const isDate = /^\d{4}-\d\d-\d\d/.test(text); // Date takes "45" for a year
  const time = new Date(count && unit ? now + Number(count) * UNITS[unit]! : isDate ? text : NaN);
  if (Number.isNaN(time.getTime()) || time.getTime() <= now) {
    throw new Failure(
      "--expires must be a duration in days, hours or minutes (90d, 12h, 30m), or a time in the future " +
        "(2030-01-31, 2030-01-31T12:00:00Z)",
      2,
    );
  }
  return time;
}

/** Lists the tokens, without their values. */
export async function listTokens(
  { output = "table", ...flags }: ListTokensFlags,
): Promise<number> {
  const file = await fileOf(flags);
  const tokens = read(file);
  if (output === "table" && tokens.length > 0) printTable(tokens);
  else if (output === "table") {
    printError(`No tokens in ${file}. Create one with 'argocd-configurer token create'\n`);
  } else if (output === "name") print(tokens.map(({ name }) => `${name}\n`).join(""));
  else {
    const list = tokens.map((token) => ({ ...described(token), expired: hasExpired(token) }));
    print(data({ tokens: list, total: list.length }, output));
  }
  return 0;
}

function printTable(tokens: readonly StoredToken[]): void {
  const rows = tokens.map(({ name, role, clusters, expires }) => [
    name,
    role,
    clusters?.join(",") ?? "*",
    expires === undefined
      ? "never"
      : expires.toISOString() + (hasExpired({ expires }) ? " (expired)" : ""),
  ]);
  print(tableText({ columns: ["NAME", "ROLE", "CLUSTERS", "EXPIRES"], rows }));
}

/** Removes a token, which stops working immediately. */
export async function removeToken(flags: TokenFileFlags, name?: string): Promise<number> {
  if (name === undefined) {
    throw new Failure("Missing NAME (token remove NAME)", 2, { isInHelp: true });
  }
  const file = await fileOf(flags);
  await change(file, (tokens, isThere) => {
    if (!isThere) throw new Failure(`Tokens file ${file} not found`);
    const left = tokens.filter((token) => token.name !== name);
    if (left.length === tokens.length) throw new Failure(`Token '${name}' not found in ${file}`);
    return left;
  });
  printError(`Token '${name}' removed\n`);
  return 0;
}

/** The tokens file, from the flag or the configuration. @throws {Failure} when neither names one */
async function fileOf({ tokensFile, config }: TokenFileFlags): Promise<string> {
  if (tokensFile !== undefined) return tokensFile;
  const { settings, warnings } = await configOf({ config });
  const file = settings["tokens-file"];
  if (file !== undefined) return file;
  for (const warning of warnings) printError(`warning: ${warningText(warning)}\n`);
  throw new Failure(
    "No tokens file: give --tokens-file, or set tokens-file in the configuration",
    2,
  );
}

function read(file: string): StoredToken[] {
  try {
    return readTokenFile(file);
  } catch (error) {
    if (error instanceof TokenFileInvalid) throw new Failure(error.message);
    throw error;
  }
}

/** Changes the file; concurrent changes wait for each other. */
async function change(
  file: string,
  by: (tokens: StoredToken[], isThere: boolean) => StoredToken[],
): Promise<void> {
  let folder: Deno.FsFile;
  try {
    folder = await lockFolder(dirname(file));
  } catch (error) {
    throw new Failure(`Cannot write ${file}: ${reasonOf(error)}`);
  }
  using _ = folder;
  const isThere = await Deno.stat(file).then(() => true, () => false);
  const tokens = by(isThere ? read(file) : [], isThere);
  try {
    await writeTokenFile(file, tokens);
  } catch (error) {
    throw new Failure(`Cannot write ${file}: ${reasonOf(error)}`);
  }
}
