import type { Home } from "../config/home.ts";
import { type Settings, withBound } from "../config/schema.ts";
import { checkExposure, needsToken } from "../server/listen/exposure.ts";
import { configOf, type Configured, type SettingFlags } from "./setting_flags.ts";
import { TOKEN_VARIABLE } from "../tokens/environment.ts";

/**
 * The configuration that the flags, the environment and the file make.
 * @param running of a server that listens already: what it is exposed to does not change with it,
 * nor where its files are
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

/** Whether only who has a token may use a server with these settings, in this environment. */
export function asksForTokens(settings: Pick<Settings, "tokens-file">): boolean {
  return needsToken(settings, Deno.env.get(TOKEN_VARIABLE));
}
