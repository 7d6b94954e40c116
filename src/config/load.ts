import { load as parseYaml } from "js-yaml";
import { configuredTrust, folderProblem } from "../files/trusted.ts";
import {
  ConfigError,
  type EnvVariables,
  type FileSource,
  notYaml,
  readConfigFile,
} from "./config_file.ts";
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
import type { ConfigWarning } from "./warning.ts";

export { ConfigError };

export interface ConfigSources extends FileSource {
  /** Settings given as flags, by key. */
  readonly flags: Readonly<Partial<Record<SettingKey, unknown>>>;
  /** All settings. @default {@link SETTINGS} */
  readonly table?: SettingTable;
}

export interface LoadedConfig {
  readonly settings: Settings;
  readonly warnings: readonly ConfigWarning[];
  /** The configuration file, and whether it exists. */
  readonly file: string;
  readonly isThere: boolean;
  /**
   * The source of each setting, by key, as shown in messages: `flag --port`,
   * `environment variable NAME`, `FILE:LINE` or {@link DEFAULT}.
   */
  readonly origins: Readonly<Record<string, string>>;
  readonly home?: Home;
}

/** The origin of a setting that is not set. */
export const DEFAULT = "default";

/**
 * Loads the settings. Flags override environment variables, which override the file.
 *
 * An unknown name is a warning that suggests the nearest known name. It is an error if it differs from a
 * protective setting only in hyphens, underscores or case: that setting would silently stay off.
 *
 * Permissions: `--allow-read` of the file and its parent folders, `--allow-sys=uid,gid`.
 * @throws {ConfigError} with the source of the value, its key and what is expected
 */
// deno-lint-ignore require-await -- errors reject the promise
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const { table = SETTINGS, home } = sources;
  const file = readConfigFile(sources, table);
  const warnings: ConfigWarning[] = [];
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
    const nearest = nearestOf("setting", key, keys, origin[key]);
    warnings.push({ kind: "unknown_setting", setting: key, origin: origin[key]!, ...nearest });
    delete given[key];
  }
  warnings.push(...variableWarnings(sources.env, knownVariables(table)));
  try {
    const settings = settingsOf(given, table);
    const origins = Object.fromEntries(
      Object.keys(table).map((key) => [key, origin[key] ?? DEFAULT]),
    );
    if (origins["clusters-folder"] === DEFAULT) {
      checkClustersFolder(home, settings["trusted-owners"]);
    }
    return { settings, warnings, file: sources.file, isThere: file.isThere, origins, home };
  } catch (error) {
    if (!(error instanceof SettingInvalid)) throw error;
    const { subject, key, message } = error;
    throw new ConfigError(`Invalid setting ${subject} from ${origin[key]}: ${message}`);
  }
}

/**
 * The known name that an unknown one resembles.
 * @param origin where the name is set, unless the name itself tells
 * @throws {ConfigError} when the name is a misspelled protective setting
 */
function nearestOf(
  what: string,
  name: string,
  known: Known,
  origin?: string,
): { readonly nearest?: string } {
  const { nearest, isProtective } = meant(name, known);
  if (isProtective) {
    const where = origin === undefined ? "" : ` in ${origin}`;
    throw new ConfigError(`Unknown ${what} '${name}'${where}. Use '${nearest}'`);
  }
  return nearest === undefined ? {} : { nearest };
}

/** @throws {ConfigError} as {@link nearestOf} */
function variableWarnings(env: EnvVariables, known: Known): ConfigWarning[] {
  const unknown = unknownVariables(env, known);
  const empty = known.protective.filter((variable) => env[variable] === "");
  return [
    ...unknown.map((variable): ConfigWarning => {
      const nearest = nearestOf("environment variable", variable, known);
      return { kind: "unknown_variable", variable, ...nearest };
    }),
    ...empty.map((variable): ConfigWarning => ({ kind: "empty_variable", variable })),
  ];
}

/**
 * Rejects an unnamed clusters folder of an untrusted owner. All files in it would be rejected, and the
 * clusters folder that the user means would not be searched for.
 * @throws {ConfigError}
 */
function checkClustersFolder(home: Home | undefined, trustedOwners: readonly number[]): void {
  if (home === undefined || home.kind === "none" || home.hasConfig) return;
  const folder = home.clustersToMake;
  const fault = folderProblem(folder, configuredTrust(trustedOwners));
  if (fault === undefined) return;
  throw new ConfigError(
    `Cannot use clusters folder ${folder}, found ${
      placeOf(home)
    }: ${fault.why}. Or run the command in ` +
      "another directory, or name a folder with --clusters-folder",
  );
}

/** Settings from environment variables; numbers, booleans, lists and maps are YAML, as in the file. */
function fromEnv(env: EnvVariables, table: SettingTable): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(table)) {
    const name = envName(key);
    const text = env[name];
    if (text === undefined || text === "") continue;
    const fail = (why: string): never => {
      throw new ConfigError(`Invalid setting '${key}' from environment variable ${name}: ${why}`);
    };
    if (isServiceLink(name, text)) {
      return fail(
        "Kubernetes set it for a service. Set enableServiceLinks: false in the pod",
      );
    }
    if (text.length > MAX_VALUE) return fail("longer than 16 KiB");
    try {
      values[key] = kindOf(setting) === "text" ? text : parseYaml(text);
    } catch (error) {
      return fail(notYaml(error));
    }
  }
  return values;
}

/** Maximum length of an environment variable that is parsed as YAML, in UTF-16 units. */
const MAX_VALUE = 16 * 1024;
