import { load as parseYaml } from "js-yaml";
import { readTrusted } from "../files/open.ts";
import { configuredTrust, NotTrusted, type Trust } from "../files/trusted.ts";
import { isObject } from "../text/json.ts";
import {
  envName,
  flagName,
  isServiceLink,
  type Known,
  knownKeys,
  knownVariables,
  meant,
  unknownVariables,
} from "./names.ts";
import { SettingInvalid, type SettingKey, type Settings, settingsOf } from "./schema.ts";
import { kindOf, type SettingTable } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

/** A configuration that cannot be used; the start ends with exit code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Env = Readonly<Record<string, string>>;

export interface ConfigSources {
  /** Settings given as flags, by key. */
  readonly flags: Readonly<Partial<Record<SettingKey, unknown>>>;
  /** The environment; `ARGOCD_CONFIGURER_KUBECTL_TIMEOUT` sets `kubectl_timeout`. */
  readonly env: Env;
  /** Path of the file. */
  readonly file: string;
  /** Whether the file was named by the user: then it has to be there. */
  readonly fileRequired: boolean;
  /** Those that there are. @default all of this program's */
  readonly table?: SettingTable;
}

export interface LoadedConfig {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

/**
 * Puts the settings together: flag before environment before file before default.
 *
 * A name that is not known is a warning with the nearest known one. It is an error where it differs
 * from a known one in its hyphens, underscores or case alone and that one protects something: what
 * was meant to be closed would be open.
 *
 * Permissions: `--allow-read` of the file and of the way to it, `--allow-sys=uid,gid`.
 * @throws {ConfigError} names where the value stands, its key, and what is expected
 */
// deno-lint-ignore require-await -- what is wrong rejects, as it always did
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const warnings: string[] = [];
  const file = readFile(sources, warnings);
  const { table = SETTINGS } = sources;
  const env = fromEnv(sources.env, table);
  const given: Record<string, unknown> = {};
  const origin: Record<string, string> = {};
  const layers = [
    { values: file.values, from: (key: string) => `${sources.file}${file.lineOf(key)}` },
    { values: env, from: (key: string) => `environment variable ${envName(key)}` },
    { values: sources.flags, from: (key: string) => `flag ${flagName(key)}` },
  ];
  for (const { values, from } of layers) {
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue;
      given[key] = value;
      origin[key] = from(key);
    }
  }
  const keys = knownKeys(table);
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(table, key)) continue;
    warnings.push(unknown("setting", key, keys, origin[key]));
    delete given[key];
  }
  warnings.push(...aboutVariables(sources.env, knownVariables(table)));
  try {
    return { settings: settingsOf(given, table), warnings };
  } catch (error) {
    if (!(error instanceof SettingInvalid)) throw error;
    const { path, key, message } = error;
    throw new ConfigError(`Cannot use setting '${path}' from ${origin[key]}: ${message}`);
  }
}

/**
 * What to say of a name that is not known.
 * @param origin where it stands, unless its name tells that
 * @throws {ConfigError} if it can be nothing but one that protects something
 */
function unknown(what: string, name: string, known: Known, origin?: string): string {
  const { nearest, isProtective } = meant(name, known);
  const at = (word: string) => origin === undefined ? "" : ` ${word} ${origin}`;
  if (isProtective) {
    throw new ConfigError(`Cannot use ${what} '${name}'${at("from")}: it is spelled '${nearest}'`);
  }
  const question = nearest === undefined ? "" : `; did you mean '${nearest}'?`;
  return `Unknown ${what} '${name}'${at("in")}${question}`;
}

/** What is strange about the environment. @throws {ConfigError} */
function aboutVariables(env: Env, known: Known): string[] {
  const what = "environment variable";
  const empty = known.protective.filter((name) => env[name] === "");
  return [
    ...unknownVariables(env, known).map((name) => unknown(what, name, known)),
    ...empty.map((name) => `Environment variable '${name}' is empty, as if it were not set`),
  ];
}

/** Numbers, booleans, lists and maps are written in YAML there, like in the file. */
function fromEnv(env: Env, table: SettingTable): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(table)) {
    const name = envName(key);
    const text = env[name];
    if (text === undefined || text === "") continue;
    const refuse = (why: string): never => {
      throw new ConfigError(
        `Cannot use setting '${key}' from environment variable ${name}: ${why}`,
      );
    };
    if (isServiceLink(name, text)) {
      return refuse(
        "it is Kubernetes' link to a service; set enableServiceLinks: false in the pod",
      );
    }
    if (text.length > MAX_VALUE) return refuse("it is longer than 16 KiB");
    try {
      values[key] = kindOf(setting) === "text" ? text : parseYaml(text);
    } catch (error) {
      return refuse(notYaml(error));
    }
  }
  return values;
}

/** Why a text is no YAML, without a piece of it, which may be a secret in the wrong place. */
function notYaml(error: unknown): string {
  const { reason } = error as { reason?: string };
  if (reason === "duplicated mapping key") return "a key is there twice";
  const isPlain = reason !== undefined && /^[a-z ,]+$/i.test(reason);
  return isPlain ? `it is not valid YAML: ${reason}` : "it is not valid YAML";
}

/**
 * Who may own the file and write to it. It cannot say itself whom to trust; the environment can.
 * @see trusted-owners
 */
function trustedBy({ env }: ConfigSources): Trust {
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
function whyRefused({ message }: NotTrusted, { fileRequired }: ConfigSources): string {
  return fileRequired
    ? message
    : `${message}, or name another one with --config: it is the one of the working directory`;
}

/** The values by key, and `:LINE` of a key. */
function readFile(sources: ConfigSources, warnings: string[]): {
  readonly values: Record<string, unknown>;
  lineOf(key: string): string;
} {
  const { file, fileRequired } = sources;
  const refuse = (why: string, at = ""): never => {
    throw new ConfigError(`Cannot use configuration file ${file}${at}: ${why}`);
  };
  let text: string;
  try {
    text = readTrusted(file, trustedBy(sources));
  } catch (error) {
    if (error instanceof NotTrusted) return refuse(whyRefused(error, sources));
    if (!(error instanceof Deno.errors.NotFound)) return refuse("cannot read it");
    if (fileRequired) return refuse("there is no such file");
    warnings.push(`No configuration file at ${file}; the defaults are in effect`);
    return { values: {}, lineOf: () => "" };
  }
  if (text.length > MAX_FILE) return refuse("it is larger than 64 KiB");
  const lines = linesOfKeys(text);
  const lineOf = (key: string) => lines.has(key) ? `:${lines.get(key)}` : "";
  // A file of comments alone is an empty configuration.
  if (text.split("\n").every((line) => /^\s*(#.*)?$/.test(line))) return { values: {}, lineOf };
  let values: unknown;
  try {
    values = parseYaml(text) ?? {};
  } catch (error) {
    const mark = (error as { mark?: { line: number; column: number } }).mark;
    return refuse(notYaml(error), mark && `:${mark.line + 1}:${mark.column + 1}`);
  }
  return isObject(values) ? { values, lineOf } : refuse("it is not a YAML mapping");
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

/** Largest value in the environment that is read as YAML, in UTF-16 units. */
const MAX_VALUE = 16 * 1024;
