import { resolve } from "node:path";
import { load as parseYaml } from "js-yaml";
import { readTrusted } from "../files/open.ts";
import { configuredTrust, NotTrusted, type Trust } from "../files/trusted.ts";
import { isObject } from "../text/json.ts";
import { ConfigError } from "./config_error.ts";
import type { Home } from "./home.ts";
import { envName } from "./names.ts";
import type { SettingTable } from "./setting.ts";

export type Env = Readonly<Record<string, string>>;

/** Which file is read, and by what it is judged. */
export interface FileSource {
  /** The environment; `ARGOCD_CONFIGURER_KUBECTL_TIMEOUT` sets `kubectl_timeout`. */
  readonly env: Env;
  /** Path of the file. */
  readonly file: string;
  /** Whether the file was named by the user: then it has to be there. */
  readonly fileRequired: boolean;
  /** Where the file was found, when nobody named it, and where clusters are that nobody names. */
  readonly home?: Home;
}

export interface ConfigFile {
  readonly isThere: boolean;
  /** By key. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What is to be said of a file that is not there. */
  readonly warning?: string;
  /** `:LINE` of a key, which may be empty. */
  lineOf(key: string): string;
}

/** Why a text is no YAML, without a piece of it, which may be a secret in the wrong place. */
export function notYaml(error: unknown): string {
  const { reason } = error as { reason?: string };
  if (reason === "duplicated mapping key") return "a key is there twice";
  const isPlain = reason !== undefined && /^[a-z ,]+$/i.test(reason);
  return isPlain ? `it is not valid YAML: ${reason}` : "it is not valid YAML";
}

/**
 * Who may own the file and write to it. It cannot say itself whom to trust; the environment can.
 * @see trusted-owners
 */
function trustedBy({ env }: FileSource): Trust {
  const name = envName("trusted-owners");
  return {
    ...configuredTrust(idsIn(env[name])),
    named: `this program's user nor root nor one of ${name}`,
  };
}

/** What are none is said when the environment is read. */
function idsIn(text = ""): readonly number[] {
  try {
    const ids = parseYaml(text);
    return Array.isArray(ids) ? ids.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}

/** One that nobody has named may be a stranger's, who left it where the program was started. */
function whyRefused({ message }: NotTrusted, { fileRequired, home }: FileSource): string {
  if (fileRequired) return message;
  const where = home?.kind === "user" || home?.kind === "system"
    ? home.path
    : "the working directory";
  return `${message}, or name another one with --config: it is the one of ${where}`;
}

/**
 * Reads the configuration file.
 *
 * Permissions: `--allow-read` of the file and of the way to it.
 * @throws {ConfigError} where it cannot be used
 */
export function readConfigFile(source: FileSource, table: SettingTable): ConfigFile {
  const { file, fileRequired } = source;
  const refuse = (why: string, at = ""): never => {
    throw new ConfigError(`Cannot use configuration file ${file}${at}: ${why}`);
  };
  let text: string;
  try {
    text = readTrusted(file, trustedBy(source));
  } catch (error) {
    if (error instanceof NotTrusted) return refuse(whyRefused(error, source));
    if (!(error instanceof Deno.errors.NotFound)) return refuse("cannot read it");
    if (fileRequired) return refuse("there is no such file");
    const warning = whenMissing(source);
    return { isThere: false, values: {}, lineOf: () => "", warning };
  }
  if (text.length > MAX_FILE) return refuse("it is larger than 64 KiB");
  const lines = linesOfKeys(text);
  const lineOf = (key: string) => lines.has(key) ? `:${lines.get(key)}` : "";
  // A file of comments alone is an empty configuration.
  if (text.split("\n").every((line) => /^\s*(#.*)?$/.test(line))) {
    return { isThere: true, values: {}, lineOf };
  }
  let values: unknown;
  try {
    values = parseYaml(text) ?? {};
  } catch (error) {
    const mark = (error as { mark?: { line: number; column: number } }).mark;
    return refuse(notYaml(error), mark && `:${mark.line + 1}:${mark.column + 1}`);
  }
  if (!isObject(values)) return refuse("it is not a YAML mapping");
  return { isThere: true, values: withPathsOf(source, values, table), lineOf };
}

/**
 * Relative paths begin at the folder of a file that was found in a home of its own; else at the
 * working directory, as in a file that is named.
 */
function withPathsOf(
  { fileRequired, home }: FileSource,
  values: Readonly<Record<string, unknown>>,
  table: SettingTable,
): Readonly<Record<string, unknown>> {
  if (fileRequired || (home?.kind !== "user" && home?.kind !== "system")) return values;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const isPath = Object.hasOwn(table, key) && table[key]!.path !== undefined;
      return [
        key,
        isPath && typeof value === "string" && value ? resolve(home.path, value) : value,
      ];
    }),
  );
}

/** A home may do with its clusters alone; that there is nothing at all is worth a word. */
function whenMissing({ file, home }: FileSource): string | undefined {
  const isAlone = home?.kind === "user" || home?.kind === "system";
  if (isAlone && !home.hasConfig) return undefined;
  if (home?.kind !== "none") return `No configuration file at ${file}; the defaults are in effect`;
  return `No configuration file and no clusters folder; looked into ${home.looked.join(", ")}; ` +
    "the defaults are in effect";
}

/** The line on which each key begins, counted from 1; of one that is there twice the first. */
function linesOfKeys(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [i, line] of text.split("\n").entries()) {
    const [, quoted, plain] = /^(?:"([^"]*)"|([^\s:"][^:]*)):/.exec(line) ?? [];
    const key = quoted ?? plain;
    if (key !== undefined && !lines.has(key)) lines.set(key, i + 1);
  }
  return lines;
}

/** Largest file, in UTF-16 units: it is read by a server that serves, too. */
const MAX_FILE = 64 * 1024;
