import { Buffer } from "node:buffer";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Sealed } from "../log/sealed.ts";
import type { Identity } from "./rights.ts";
import { readTokenFile, type StoredToken, TokenFileInvalid, versionOf } from "./token_file.ts";

/** Lets scanners for leaked secrets recognize a token. */
const PREFIX = "acfg_";

/** A new token, of 256 random bits. */
export function makeToken(): string {
  return PREFIX + randomBytes(32).toString("base64url");
}

/** The stored form of a token. Tokens are random, so a plain hash without salt reveals nothing. */
export function sha256(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export type VerifiedToken =
  | { readonly kind: "known"; readonly identity: Identity }
  | { readonly kind: "unknown" }
  | { readonly kind: "expired"; readonly name: string };

export interface Tokens {
  /**
   * The user of a token.
   * @throws {TokenFileInvalid} when the tokens file cannot be used
   */
  verify(token: string): VerifiedToken;
}

/**
 * The accepted tokens.
 *
 * Permissions: `--allow-read` of the file.
 * @param file checked at each request, so a removed token stops working immediately
 * @param fromEnvironment an admin token for all clusters
 */
export function tokensFrom({ file, fromEnvironment, now = Date.now }: {
  readonly file?: string;
  readonly fromEnvironment?: Sealed<string>;
  readonly now?: () => number;
}): Tokens {
  const own: StoredToken[] = fromEnvironment
    ? [{ name: "environment", role: "admin", sha256: sha256(fromEnvironment.reveal()) }]
    : [];
  let read: { version: string; tokens: StoredToken[] } | undefined;

  function present(): StoredToken[] {
    if (file === undefined) return own;
    let version: string;
    try {
      version = versionOf(file);
    } catch {
      throw new TokenFileInvalid(`Cannot use tokens file ${file}: no such file`);
    }
    if (read?.version !== version) read = { version, tokens: [...own, ...readTokenFile(file)] };
    return read.tokens;
  }

  return {
    verify(token) {
      const sum = Buffer.from(sha256(token), "hex");
      let found: StoredToken | undefined;
      // Compares all, each in constant time: the duration reveals nothing about stored tokens.
      for (const stored of present()) {
        if (timingSafeEqual(sum, Buffer.from(stored.sha256, "hex"))) found = stored;
      }
      if (found === undefined) return { kind: "unknown" };
      const { name, role, clusters, expires } = found;
      if (expires !== undefined && expires.getTime() <= now()) return { kind: "expired", name };
      return { kind: "known", identity: { name, role, clusters } };
    },
  };
}
