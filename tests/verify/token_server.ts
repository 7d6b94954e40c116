import { createPrivateKey, sign } from "node:crypto";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { serve, type ServerOptions, type TestServer } from "./http_server.ts";
import type { RegistryAuth } from "./registry.ts";

export interface TokenServerOptions extends ServerOptions {
  /** Repositories that a client may pull and push, by its `Authorization` header. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  /** Repositories that everyone may pull. @default none, and no anonymous token */
  readonly open?: readonly string[];
  /** Host of this server in the registry's challenge. @default its address */
  readonly host?: string;
}

export interface TokenServer extends TestServer {
  /** The registry's settings to trust this server. */
  readonly auth: RegistryAuth;
}

const SERVICE = "test-registry";
const ISSUER = "test-token-server";

/**
 * Gives tokens to known clients, as a registry's own token server does; the key is created at run
 * time. A token omits access that was not granted, and is given anyway.
 * @see https://github.com/distribution/distribution/blob/v2.8.2/docs/spec/auth/token.md
 */
export function startTokenServer(options: TokenServerOptions): TokenServer {
  const { users, open } = options;
  const authority = makeAuthority("token server");
  const own = authority.issue({ commonName: "token server", for: "server" });
  const key = createPrivateKey(own.key);
  const x5c = [own.certificate.replace(/-----[^-]+-----|\s/g, "")];

  function tokenFor(repositories: readonly string[], scopes: readonly string[]): string {
    const access = scopes.flatMap((scope) => {
      const [type, name = "", actions = ""] = scope.split(":");
      return repositories.includes(name) ? [{ type, name, actions: actions.split(",") }] : [];
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: ISSUER,
      aud: SERVICE,
      sub: "",
      iat: now,
      nbf: now - 10,
      exp: now + 300,
      jti: crypto.randomUUID(),
      access,
    };
    const text = [{ typ: "JWT", alg: "ES256", x5c }, claims]
      .map((part) => base64Url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
    const signature = sign("sha256", new TextEncoder().encode(text), {
      key,
      dsaEncoding: "ieee-p1363",
    });
    return `${text}.${base64Url(signature)}`;
  }

  const server = serve((request) => {
    const url = new URL(request.url);
    if (url.pathname !== "/token") return new Response(null, { status: 404 });
    if (url.searchParams.get("service") !== SERVICE) return new Response(null, { status: 400 });
    const shown = request.headers.get("authorization");
    const repositories = shown === null ? open : users[shown];
    if (!repositories) return Response.json({ errors: [{ code: "DENIED" }] }, { status: 401 });
    const token = tokenFor(repositories, url.searchParams.getAll("scope"));
    return Response.json({ token, access_token: token, expires_in: 300 });
  }, options);
  const { protocol } = new URL(server.url);
  const realm = options.host
    ? `${protocol}//${options.host}:${server.port}/token`
    : `${server.url}/token`;
  return {
    ...server,
    auth: {
      kind: "token",
      realm,
      service: SERVICE,
      issuer: ISSUER,
      authority: authority.certificate,
    },
  };
}

/** The authorization to push to a repository, as one of the server's users. */
export async function pushToken(
  { url }: TokenServer,
  authorization: string,
  repository: string,
): Promise<string> {
  const query = new URLSearchParams({
    service: SERVICE,
    scope: `repository:${repository}:pull,push`,
  });
  const answer = await fetch(`${url}/token?${query}`, { headers: { authorization } });
  return `Bearer ${(await answer.json()).token}`;
}

export function base64Url(bytes: Uint8Array): string {
  return Uint8Array.from(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}
