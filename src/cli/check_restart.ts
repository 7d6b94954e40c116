import { ConfigError, type LoadedConfig } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import type { ServerRecord } from "../daemon/pid_file.ts";
import { tlsFilesOf } from "../server/listen/exposure.ts";
import { Failure } from "./failure.ts";
import { asksForTokens, readSettings } from "./read_settings.ts";
import { reasonOf } from "./reason.ts";
import { isAskedForToken } from "./run_folder.ts";
import { inEffect, type SettingFlags, settingsGiven } from "./setting_flags.ts";
import { differences, ofServer, shownSetting } from "./settings_in_effect.ts";
import { printError } from "./terminal.ts";
import { VERSION } from "./version.ts";

/**
 * Looks whether a server can be started in the place of one, from the working directory as it is;
 * and says what else than the flags given changes by it.
 *
 * Permissions: `--allow-read` of the configuration, the tokens, the certificate and its key,
 * `--allow-net` of the address.
 * @param isRunning whether there is something to lose
 * @throws {ConfigError} and {@link Failure}, which say what is wrong
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
  checkAddress(record, settings);
  sayChanges(record, flags, config);
}

/** Who relied on tokens does so after a restart, too. */
async function checkTokens(
  { url, asksForTokens: asked }: ServerRecord,
  settings: Settings,
  isRunning: boolean,
): Promise<void> {
  if (asksForTokens(settings)) return;
  const isAsked = asked ?? (isRunning && url !== undefined ? await isAskedForToken(url) : false);
  if (isAsked === false) return;
  const before = isAsked
    ? "it asks for tokens, and would not any more"
    : "it would ask for no tokens, and whether it does now cannot be told";
  throw new ConfigError(
    `Cannot restart: ${before}. Give --tokens-file, or the variable ARGOCD_CONFIGURER_TOKENS_FILE ` +
      "or ARGOCD_CONFIGURER_TOKEN with which it was started; to do without, stop it and start it",
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

/** This machine must have the address, and the port be free unless it is that of the server. */
function checkAddress({ url }: ServerRecord, { host: hostname, port }: Settings): void {
  const isItsOwn = url !== undefined && Number(new URL(url).port) === port;
  try {
    Deno.listen({ hostname, port: isItsOwn ? 0 : port }).close();
  } catch (error) {
    const why = error instanceof Deno.errors.AddrInUse
      ? "it is in use"
      : error instanceof Deno.errors.AddrNotAvailable
      ? "this machine does not have the address"
      : reasonOf(error);
    throw new Failure(`Cannot listen on ${hostname}:${port}: ${why}`);
  }
}

/** What the environment and the configuration change; who gives flags knows what these do. */
function sayChanges(record: ServerRecord, flags: SettingFlags, config: LoadedConfig): void {
  if (record.settings === undefined) return;
  const server = ofServer(record);
  const wanted = { settings: inEffect(config), cwd: record.cwd };
  const byFlag: Readonly<Record<string, unknown>> = settingsGiven(flags);
  // Another version may have settings that this one has not, and would only tell their defaults.
  const own = record.version === VERSION ? Object.keys(wanted.settings) : [];
  const keys = [...new Set([...Object.keys(server.settings), ...own])]
    .filter((key) => byFlag[key] === undefined);
  for (const { key, now, wanted: next } of differences(wanted, server, keys)) {
    printError(`Changes: ${shownSetting(key, next)}, before ${shownSetting(key, now)}\n`);
  }
}
