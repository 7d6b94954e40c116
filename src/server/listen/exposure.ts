import { ConfigError } from "../../config/load.ts";
import type { Settings } from "../../config/schema.ts";
import { configuredTrust } from "../../files/trusted.ts";
import { TOKEN_VARIABLE, tokenFault } from "../../tokens/environment.ts";
import type { TlsFiles } from "./tls.ts";

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];

/**
 * Rejects an insecure configuration. A server that listens on more than loopback, or is behind a proxy,
 * requires tokens; and TLS, or a proxy that terminates TLS.
 *
 * Permissions: `--allow-read` of the tokens file, the certificate and its key.
 * @param token from the environment
 * @throws {ConfigError} with what is missing
 */
export async function checkExposure(settings: Settings, token: string | undefined): Promise<void> {
  const { host, "tls-cert": cert, "tls-key": key, "tokens-file": file } = settings;
  const fault = token ? tokenFault(token) : undefined;
  if (fault !== undefined) throw new ConfigError(`Cannot use ${TOKEN_VARIABLE}: ${fault}`);
  if (file !== undefined) await checkTokensFile(file);
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? ["tls-key", "tls-cert"] : ["tls-cert", "tls-key"];
    throw new ConfigError(`Setting '${there}' requires '${missing}'`);
  }
  const hasTokens = needsToken(settings, token);
  const proxies = settings["behind-proxy"];
  const isBehindProxy = typeof proxies === "boolean" ? proxies : proxies.length > 0;
  if (isBehindProxy && !hasTokens) {
    // On any address: the proxy may send a Host header of this machine.
    throw new ConfigError(
      "Cannot serve behind a proxy without tokens: anyone who can reach the proxy could write " +
        "credentials. Set tokens-file",
    );
  }
  if (LOOPBACK.includes(host)) return;
  if (!hasTokens) {
    throw new ConfigError(
      `Cannot listen on '${host}' without tokens: anyone who can reach it could write credentials. ` +
        "Set tokens-file, or use --host 127.0.0.1 and connect with ssh -L",
    );
  }
  if (cert === undefined && !isBehindProxy) {
    throw new ConfigError(
      `Cannot listen on '${host}' without TLS: credentials could be read on the network. Set ` +
        "tls-cert and tls-key, or set behind-proxy to the addresses of a TLS proxy",
    );
  }
}

/**
 * Whether a server with these settings requires a token.
 * @param token from the environment
 */
export function needsToken(settings: Pick<Settings, "tokens-file">, token = ""): boolean {
  return settings["tokens-file"] !== undefined || token !== "";
}

/** The certificate for HTTPS; `undefined` for HTTP. */
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
