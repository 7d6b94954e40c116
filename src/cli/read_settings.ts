import type { Home } from "../config/home.ts";
import { type Settings, withBound } from "../config/schema.ts";
import { checkExposure, needsToken } from "../server/listen/exposure.ts";
import { configOf, type Configured, type SettingFlags } from "./setting_flags.ts";
import { TOKEN_VARIABLE } from "../tokens/environment.ts";

/**
 * The configuration from flags, environment and file, with its exposure checked.
 * @param running for a reload: the address, TLS and the home of the running server do not change
 * @throws {ConfigError}
 */
export async function readSettings(
  flags: SettingFlags,
  running?: { readonly settings: Settings; readonly home: Home },
): Promise<Configured> {
  const config = await configOf(flags, running?.home);
  const exposed = running ? withBound(config.settings, running.settings) : config.settings;
  await checkExposure(exposed, Deno.env.get(TOKEN_VARIABLE));
  return config;
}

/** Whether a server with these settings, in this environment, requires tokens. */
export function areTokensRequired(settings: Pick<Settings, "tokens-file">): boolean {
  return needsToken(settings, Deno.env.get(TOKEN_VARIABLE));
}
