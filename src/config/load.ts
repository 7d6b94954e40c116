import { load as parseYaml } from "js-yaml";
import { configuredTrust, faultOfFolder } from "../files/trusted.ts";
import { ConfigError } from "./config_error.ts";
import { type Env, type FileSource, notYaml, readConfigFile } from "./config_file.ts";
import { type Home, placeOf } from "./home.ts";
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

export { ConfigError };

export interface ConfigSources extends FileSource {
  /** Settings given as flags, by key. */
  readonly flags: Readonly<Partial<Record<SettingKey, unknown>>>;
  /** Those that there are. @default all of this program's */
  readonly table?: SettingTable;
}

export interface LoadedConfig {
  readonly settings: Settings;
  readonly warnings: readonly string[];
  /** The configuration file, and whether there is one. */
  readonly file: string;
  readonly isThere: boolean;
  /**
   * Where each setting comes from, by key, as messages have it: `flag --port`,
   * `environment variable NAME`, `FILE:LINE` or {@link DEFAULT}.
   */
  readonly origins: Readonly<Record<string, string>>;
  readonly home?: Home;
}

/** The origin of a setting that nobody has set. */
export const DEFAULT = "default";

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
  const { table = SETTINGS, home } = sources;
  const file = readConfigFile(sources, table);
  const warnings = file.warning === undefined ? [] : [file.warning];
  const env = fromEnv(sources.env, table);
  const given: Record<string, unknown> = {};
  const origin: Record<string, string> = {};
  const layers = [
    {
      values: home === undefined ? {} : { "clusters-folder": home.clusters },
      from: () => DEFAULT,
    },
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
    const settings = settingsOf(given, table);
    const origins = Object.fromEntries(
      Object.keys(table).map((key) => [key, origin[key] ?? DEFAULT]),
    );
    if (origins["clusters-folder"] === DEFAULT) judgeClusters(home, settings["trusted-owners"]);
    return { settings, warnings, file: sources.file, isThere: file.isThere, origins, home };
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

/**
 * A clusters folder that nobody has named may be a stranger's: then all in it would be refused, and
 * what was meant would not be looked for.
 * @throws {ConfigError}
 */
function judgeClusters(home: Home | undefined, trustedOwners: readonly number[]): void {
  if (home === undefined || home.kind === "none" || home.hasConfig) return;
  const folder = home.clustersToMake;
  const fault = faultOfFolder(folder, configuredTrust(trustedOwners));
  if (fault === undefined) return;
  throw new ConfigError(
    `Cannot use clusters folder ${folder}, found ${
      placeOf(home)
    }: ${fault.why}. Or run this from ` +
      "another directory, or name a folder with --clusters-folder",
  );
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

/** Largest value in the environment that is read as YAML, in UTF-16 units. */
const MAX_VALUE = 16 * 1024;
