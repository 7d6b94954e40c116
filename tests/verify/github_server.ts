import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { serve, type ServerOptions, type TestServer } from "./http_server.ts";

export interface GitHubServerOptions extends ServerOptions {
  readonly app: string;
  readonly installation: string;
  /** The app's public key in PEM. */
  readonly publicKey: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly expires?: string;
}

/** An RSA key pair in PEM; the private key in GitHub's format. */
export function makeAppKey(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
}

/** The API of a GitHub Enterprise Server for tokens of an installation. */
export function startGitHubServer(options: GitHubServerOptions): TestServer {
  const { app, installation, publicKey, permissions = { contents: "read" } } = options;
  return serve((request) => {
    const { pathname } = new URL(request.url);
    const problem = problemOf(request.headers.get("authorization") ?? "", app, publicKey);
    if (problem) return Response.json({ message: problem }, { status: 401 });
    if (
      request.method !== "POST" ||
      pathname !== `/api/v3/app/installations/${installation}/access_tokens`
    ) return Response.json({ message: "Not Found" }, { status: 404 });
    return Response.json({
      token: `ghs_${crypto.randomUUID()}`,
      expires_at: options.expires ?? "2030-01-02T03:04:05Z",
      permissions,
      repository_selection: "selected",
    }, { status: 201 });
  }, options);
}

/**
 * Why a token is refused; the rules are GitHub's.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function problemOf(authorization: string, app: string, publicKey: string): string | undefined {
  const [, text, header, payload, signature] =
    /^Bearer (([\w-]+)\.([\w-]+))\.([\w-]+)$/.exec(authorization) ?? [];
  if (!text) return "no token";
  const bytes = (part = "") => Uint8Array.fromBase64(part, { alphabet: "base64url" });
  const json = (part?: string) => JSON.parse(new TextDecoder().decode(bytes(part)));
  if (json(header).alg !== "RS256") return "wrong algorithm";
  const content = new TextEncoder().encode(text);
  const isSigned = verify("RSA-SHA256", content, createPublicKey(publicKey), bytes(signature));
  if (!isSigned) return "wrong signature";
  const { iss, iat, exp } = json(payload);
  const now = Date.now() / 1000;
  if (String(iss) !== app) return "wrong issuer";
  if (!(iat <= now)) return "issued in the future";
  return exp > now && exp <= now + 600 ? undefined : "wrong expiry";
}
