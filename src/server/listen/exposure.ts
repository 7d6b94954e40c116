import { ConfigError } from "../../config/load.ts";
import type { Settings } from "../../config/schema.ts";
import { configuredTrust } from "../../files/trusted.ts";
import { TOKEN_VARIABLE, tokenFault } from "../../tokens/environment.ts";
import type { TlsFiles } from "./tls.ts";

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/**
 * Refuses to serve what whoever gets to it could read or use: beyond this machine, and
 * behind a proxy, there have to be tokens; and TLS, or a proxy that does it.
 *
 * Permissions: `--allow-read` of the tokens file, the certificate and its key.
 * @param token of the environment
 * @throws {ConfigError} says what is missing
 */
export async function checkExposure(settings: Settings, token: string | undefined): Promise<void> {
  const { host, "tls-cert": cert, "tls-key": key, "tokens-file": file } = settings;
  const fault = token ? tokenFault(token) : undefined;
  if (fault !== undefined) throw new ConfigError(`Cannot use ${TOKEN_VARIABLE}: ${fault}`);
  if (file !== undefined) await checkTokensFile(file);
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? ["tls-key", "tls-cert"] : ["tls-cert", "tls-key"];
    throw new ConfigError(`Cannot use setting '${there}' without '${missing}'`);
  }
  const hasTokens = needsToken(settings, token);
  const proxies = settings["behind-proxy"];
  const isBehindProxy = typeof proxies === "boolean" ? proxies : proxies.length > 0;
  if (isBehindProxy && !hasTokens) {
    // Whatever address it listens on: the Host that the proxy sends may be that of this machine.
    throw new ConfigError(
      "Cannot serve behind a proxy without tokens: whoever gets to the proxy may write " +
        "credentials. Set tokens-file",
    );
  }
  if (LOOPBACK.includes(host)) return;
  if (!hasTokens) {
    throw new ConfigError(
      `Cannot listen on '${host}': without tokens whoever gets there may write credentials. Set ` +
        "tokens-file, or use --host 127.0.0.1 and ssh -L from elsewhere",
    );
  }
  if (cert === undefined && !isBehindProxy) {
    throw new ConfigError(
      `Cannot listen on '${host}': without TLS everyone on the way can read the credentials. Set ` +
        "tls-cert and tls-key, or behind-proxy with the addresses of a proxy in front that does TLS",
    );
  }
}

/**
 * Whether only who has a token may use a server with these settings.
 * @param token of the environment
 */
export function needsToken(settings: Pick<Settings, "tokens-file">, token = ""): boolean {
  return settings["tokens-file"] !== undefined || token !== "";
}

/** The certificate to serve with, where HTTPS is served. */
export function tlsFilesOf(settings: Settings): TlsFiles | undefined {
  const { "tls-cert": cert, "tls-key": key, "trusted-owners": owners } = settings;
  if (cert === undefined || key === undefined) return undefined;
  return { cert, key, trust: configuredTrust(owners) };
}

async function checkTokensFile(file: string): Promise<void> {
  const { readTokenFile, TokenFileInvalid } = await import("../../tokens/token_file.ts");
  try {
    readTokenFile(file);
  } catch (error) {
    if (!(error instanceof TokenFileInvalid)) throw error;
    throw new ConfigError(error.message);
  }
}
