import { ConfigError, type LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { tlsFilesOf } from "../server/listen/exposure.ts";
import { checkAddress } from "./check_address.ts";
import { areTokensRequired, readSettings } from "./read_settings.ts";
import { requiresToken } from "./run_folder.ts";
import { inEffect, type SettingFlags, settingsGiven } from "./setting_flags.ts";
import { differences, ofServer, shownSetting } from "./settings_in_effect.ts";
import { printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

/**
 * Checks that a server could start with these flags in the current working directory, and prints which
 * settings change besides the given flags.
 *
 * Permissions: `--allow-read` of the configuration, the tokens, the certificate and its key,
 * `--allow-net` of the address.
 * @param isRunning whether the server to replace is running
 * @throws {ConfigError} for wrong settings, `Failure` for an address that cannot be used
 */
export async function checkRestart(
  record: ServerRecord,
  flags: SettingFlags,
  isRunning: boolean,
): Promise<void> {
  const config = await readSettings(flags);
  const { settings } = config;
  await checkTokens(record, settings, isRunning);
  await checkTls(settings);
  const { host, port } = settings;
  const isOwn = record.url !== undefined && Number(new URL(record.url).port) === port;
  checkAddress(host, port, isOwn);
  printChanges(record, flags, config);
}

/** A restart never disables authentication. */
async function checkTokens(
  { url, asksForTokens: recorded }: ServerRecord,
  settings: Settings,
  isRunning: boolean,
): Promise<void> {
  if (areTokensRequired(settings)) return;
  const isRequired = recorded ??
    (isRunning && url !== undefined ? await requiresToken(url) : false);
  if (isRequired === false) return;
  const effect = isRequired
    ? "this would disable authentication"
    : "this could disable authentication: whether the server requires tokens now is unknown";
  throw new ConfigError(
    `Cannot restart: ${effect}. Give --tokens-file, or the environment variable ` +
      "ARGOCD_CONFIGURER_TOKENS_FILE or ARGOCD_CONFIGURER_TOKEN that the server was started with. To " +
      "run without tokens, use stop and start",
  );
}

async function checkTls(settings: Settings): Promise<void> {
  const files = tlsFilesOf(settings);
  if (files === undefined) return;
  const { CertificateInvalid, checkCertificate } = await import("../server/listen/tls.ts");
  try {
    await checkCertificate(files);
  } catch (error) {
    if (!(error instanceof CertificateInvalid)) throw error;
    throw new ConfigError(error.message);
  }
}

/** Prints settings that the environment and the configuration change; the given flags are left out. */
function printChanges(record: ServerRecord, flags: SettingFlags, config: LoadedConfig): void {
  if (record.settings === undefined) return;
  const server = ofServer(record);
  const wanted = { settings: inEffect(config), cwd: record.cwd };
  const byFlag: Readonly<Record<string, unknown>> = settingsGiven(flags);
  // A server of another version does not record this version's new settings.
  const own = record.version === VERSION ? Object.keys(wanted.settings) : [];
  const keys = [...new Set([...Object.keys(server.settings), ...own])]
    .filter((key) => byFlag[key] === undefined);
  for (const { key, now, wanted: next } of differences(wanted, server, keys)) {
    printError(`Setting changed: ${shownSetting(key, next)} (was: ${shownSetting(key, now)})\n`);
  }
}
