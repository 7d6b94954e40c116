import { dirname } from "node:path";
import { dump, load } from "js-yaml";
import { z } from "zod";
import { readTrusted } from "../files/open.ts";
import { judgeFolderOf, NotTrusted, ownTrustWithoutGroup } from "../files/trusted.ts";
import { wording } from "../text/wording.ts";
import { ANYONE, isClusterPattern, ROLES } from "./rights.ts";

const TOKEN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Reserved names: the token of the environment, and requests without a token. */
const RESERVED: readonly string[] = ["environment", ANYONE.name];

/** The rule for a token's name, for messages. */
export const TOKEN_NAME_RULE =
  "must start with a letter or digit and have at most 64 letters, digits, '.', '_' and '-'; " +
  `${RESERVED.map((name) => `'${name}'`).join(" and ")} are reserved for the audit log`;

export function isTokenName(text: string): boolean {
  return TOKEN_NAME.test(text) && !RESERVED.includes(text);
}

/**
 * Maximum size of the file, in UTF-16 units: more than a thousand tokens. Requests wait while a changed
 * file is read.
 */
const MAX_TEXT = 256 * 1024;

/** The tokens file cannot be read or is invalid. */
export class TokenFileInvalid extends Error {
  override readonly name = "TokenFileInvalid";
}

const time = z.union([z.string(), z.date()], "must be a time")
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()), "must be a time");

const TOKEN = z.strictObject({
  name: z.string().refine(isTokenName, TOKEN_NAME_RULE),
  role: z.enum(ROLES),
  /** Names or patterns with `*`. @default all clusters */
  clusters: z.array(z.string().refine(isClusterPattern, "must be a cluster name or pattern"))
    .min(1, "must contain a cluster; omit it for all clusters").optional(),
  /** Hash of the token, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 hash"),
  /** When the token expires. */
  expires: time.optional(),
});

const TOKENS = z.strictObject(
  { tokens: z.array(TOKEN).nullish() },
  "must be a map with the key tokens",
).nullish();

/** A stored token: its hash, from which nobody can derive the token itself. */
export type StoredToken = Readonly<z.output<typeof TOKEN>>;

/** A text that differs whenever the file was changed or replaced. */
export function versionOf(path: string): string {
  const { dev, ino, mode, uid, size, mtime, ctime } = Deno.statSync(path);
  return [dev, ino, mode, uid, size, mtime?.getTime(), ctime?.getTime()].join(" ");
}

/**
 * Reads a tokens file.
 *
 * Permissions: `--allow-read` of the file and its parent folders, `--allow-sys=uid,gid`.
 * @throws {TokenFileInvalid} with the reason; never quotes the file's content
 */
export function readTokenFile(path: string): StoredToken[] {
  const fail = (why: string): never => {
    throw new TokenFileInvalid(`Cannot use tokens file ${path}: ${why}`);
  };
  let text: string;
  try {
    text = readTrusted(path, ownTrustWithoutGroup());
  } catch (error) {
    if (error instanceof NotTrusted) return fail(error.message);
    return fail(error instanceof Deno.errors.NotFound ? "no such file" : "cannot read the file");
  }
  if (text.length > MAX_TEXT) return fail("larger than 256 KiB");
  let content: unknown;
  try {
    const isEmpty = text.split("\n").every((line) => /^\s*(#.*)?$/.test(line));
    content = isEmpty ? undefined : load(text);
  } catch (error) {
    const mark = (error as { mark?: { line: number; column: number } }).mark;
    return fail(
      "invalid YAML" +
        (mark ? ` at line ${mark.line + 1}, column ${mark.column + 1}` : ""),
    );
  }
  const parsed = TOKENS.safeParse(content, { error: wording });
  if (!parsed.success) {
    const { code, path, message } = parsed.error.issues[0]!;
    const where = path.length > 0 ? `'${path.join(".")}'` : "the file";
    // The name of an unknown field may be anything, even a secret, so it is not shown.
    return fail(
      code === "unrecognized_keys" ? `${where} has an unknown field` : `${where} ${message}`,
    );
  }
  const tokens = parsed.data?.tokens ?? [];
  const names = tokens.map(({ name }) => name);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.has(name) || !seen.add(name));
  if (twice !== undefined) return fail(`duplicate token name '${twice}'`);
  return tokens;
}

const HEAD =
  "# Tokens of argocd-configurer, as SHA-256 hashes. A token removed here stops working immediately.\n";

/**
 * Replaces a tokens file atomically. A new file is readable by its owner only; an existing one keeps its
 * owner, group and read permissions.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder.
 * @throws {NotTrusted} when other users could replace the file
 */
export async function writeTokenFile(
  path: string,
  tokens: readonly StoredToken[],
): Promise<void> {
  judgeFolderOf(dirname(path), ownTrustWithoutGroup());
  const plain = tokens.map(({ expires, ...token }) => ({
    ...token,
    ...(expires === undefined ? {} : { expires: expires.toISOString() }),
  }));
  const beside = await Deno.makeTempFile({ dir: dirname(path), prefix: ".tokens-" });
  try {
    const there = await Deno.stat(path).catch(() => undefined);
    if (there?.uid != null && there.gid != null) await Deno.chown(beside, there.uid, there.gid);
    await Deno.chmod(beside, (there?.mode ?? 0o600) & 0o640);
    await Deno.writeTextFile(beside, HEAD + dump({ tokens: plain }));
    using file = await Deno.open(beside, { read: true, write: true });
    await file.sync();
    await Deno.rename(beside, path);
    // The rename is durable only after a sync of the folder; until then a removed token may come back.
    using folder = await Deno.open(dirname(path), { read: true });
    await folder.sync();
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw error;
  }
}
