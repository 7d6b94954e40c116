import { resolve } from "node:path";
import { load as parseYaml } from "js-yaml";
import { readTrusted } from "../files/open.ts";
import { configuredTrust, NotTrusted, type Trust } from "../files/trusted.ts";
import { isObject } from "../text/json.ts";
import type { Home } from "./home.ts";
import { envName } from "./names.ts";
import type { SettingTable } from "./setting.ts";

/** The configuration is invalid or cannot be read; the program exits with code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export type EnvVariables = Readonly<Record<string, string>>;

/** The configuration file to read, and who may own it. */
export interface FileSource {
  /** The environment; `ARGOCD_CONFIGURER_KUBECTL_TIMEOUT` sets `kubectl_timeout`. */
  readonly env: EnvVariables;
  /** Path of the file. */
  readonly file: string;
  /** Whether the user named the file: then a missing file is an error. */
  readonly fileRequired: boolean;
  /** Folder in which an unnamed file was found; it also has the default clusters folder. */
  readonly home?: Home;
}

export interface ConfigFile {
  readonly isThere: boolean;
  /** By key. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Returns `:LINE` of a key, or "" if unknown. */
  lineOf(key: string): string;
}

/** Why a text is not valid YAML. Never quotes the text, which may have a secret in the wrong place. */
export function notYaml(error: unknown): string {
  const { reason } = error as { reason?: string };
  if (reason === "duplicated mapping key") return "duplicate key";
  const isPlain = reason !== undefined && /^[a-z ,]+$/i.test(reason);
  return isPlain ? `invalid YAML: ${reason}` : "invalid YAML";
}

/**
 * Who may own the file and write to it. Trusted owners for it come from the environment, not from the
 * file itself.
 * @see trusted-owners
 */
function trustedBy({ env }: FileSource): Trust {
  const name = envName("trusted-owners");
  return {
    ...configuredTrust(idsIn(env[name])),
    named: `the current user, root or one of ${name}`,
  };
}

/** The user ids in a list; an invalid list is reported when the settings are loaded. */
function idsIn(text = ""): readonly number[] {
  try {
    const ids = parseYaml(text);
    return Array.isArray(ids) ? ids.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}

/** An unnamed file may belong to another user who left it in the working directory. */
function whyNotTrusted({ message }: NotTrusted, { fileRequired, home }: FileSource): string {
  if (fileRequired) return message;
  const where = home?.kind === "user" || home?.kind === "system"
    ? home.path
    : "the working directory";
  return `${message}, or name another file with --config. This file was found in ${where}`;
}

/**
 * Reads the configuration file. A missing file that the user did not name is an empty configuration.
 *
 * Permissions: `--allow-read` of the file and its parent folders.
 * @throws {ConfigError} when the file cannot be read or is invalid
 */
export function readConfigFile(source: FileSource, table: SettingTable): ConfigFile {
  const { file, fileRequired } = source;
  const fail = (why: string, at = ""): never => {
    throw new ConfigError(`Cannot use configuration file ${file}${at}: ${why}`);
  };
  let text: string;
  try {
    text = readTrusted(file, trustedBy(source));
  } catch (error) {
    if (error instanceof NotTrusted) return fail(whyNotTrusted(error, source));
    if (!(error instanceof Deno.errors.NotFound)) return fail("cannot read the file");
    if (fileRequired) return fail("no such file");
    return { isThere: false, values: {}, lineOf: () => "" };
  }
  if (text.length > MAX_FILE) return fail("larger than 64 KiB");
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
    return fail(notYaml(error), mark && `:${mark.line + 1}:${mark.column + 1}`);
  }
  if (!isObject(values)) return fail("not a YAML mapping");
  return { isThere: true, values: withPathsOf(source, values, table), lineOf };
}

/**
 * Relative paths are relative to the file's folder if the file was found in the user's or the system's
 * configuration folder; otherwise to the working directory.
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

/** The line of each key, counted from 1; for a repeated key the first one. */
function linesOfKeys(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const [i, line] of text.split("\n").entries()) {
    const [, quoted, plain] = /^(?:"([^"]*)"|([^\s:"][^:]*)):/.exec(line) ?? [];
    const key = quoted ?? plain;
    if (key !== undefined && !lines.has(key)) lines.set(key, i + 1);
  }
  return lines;
}

/** Maximum size of the file, in UTF-16 units: a running server reads it, too. */
const MAX_FILE = 64 * 1024;
