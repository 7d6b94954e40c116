import { loadConfig, type LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { checkExposure } from "./exposure.ts";
import { DEFAULT_CONFIG, type SettingFlags, settingsGiven } from "./setting_flags.ts";
import { TOKEN_VARIABLE } from "./surroundings.ts";

/**
 * The configuration that the flags, the environment and the file make.
 * @param bound with which the server listens already: what it is exposed to does not change with it
 * @throws {ConfigError}
 */
export async function readSettings(
  flags: SettingFlags,
  bound?: Pick<Settings, "host" | "tls-cert" | "tls-key">,
): Promise<LoadedConfig> {
  const config = await loadConfig({
    flags: settingsGiven(flags),
    env: Deno.env.toObject(),
    file: flags.config ?? DEFAULT_CONFIG,
    fileRequired: flags.config !== undefined,
  });
  const { host, "tls-cert": cert, "tls-key": key } = bound ?? config.settings;
  const exposed = { ...config.settings, host, "tls-cert": cert, "tls-key": key };
  await checkExposure(exposed, Deno.env.get(TOKEN_VARIABLE));
  return config;
}

/** Whether only who has a token may use a server with these settings, in this environment. */
export function asksForTokens(settings: Pick<Settings, "tokens-file">): boolean {
  return settings["tokens-file"] !== undefined || (Deno.env.get(TOKEN_VARIABLE) ?? "") !== "";
}
