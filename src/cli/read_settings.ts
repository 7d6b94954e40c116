import type { LoadedConfig } from "../config/load.ts";
import { type Settings, withBound } from "../config/schema.ts";
import { checkExposure, needsToken } from "../server/listen/exposure.ts";
import { configOf, type SettingFlags } from "./setting_flags.ts";
import { TOKEN_VARIABLE } from "../tokens/environment.ts";

/**
 * The configuration that the flags, the environment and the file make.
 * @param bound of a server that listens already: what it is exposed to does not change with it
 * @throws {ConfigError}
 */
export async function readSettings(
  flags: SettingFlags,
  bound?: Settings,
): Promise<LoadedConfig> {
  const config = await configOf(flags);
  const exposed = bound ? withBound(config.settings, bound) : config.settings;
  await checkExposure(exposed, Deno.env.get(TOKEN_VARIABLE));
  return config;
}

/** Whether only who has a token may use a server with these settings, in this environment. */
export function asksForTokens(settings: Pick<Settings, "tokens-file">): boolean {
  return needsToken(settings, Deno.env.get(TOKEN_VARIABLE));
}
