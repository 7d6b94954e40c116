import { dirname } from "node:path";
import { dump, load } from "js-yaml";
import { z } from "zod";
import { readTrusted } from "../files/open.ts";
import { judgeFolderOf, NotTrusted, ownTrustWithoutGroup } from "../files/trusted.ts";
import { wording } from "../text/wording.ts";
import { ANYONE, isClusterPattern, ROLES } from "./rights.ts";

const TOKEN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Who has no token of the file goes by these: the one of the environment, and without any. */
const TAKEN: readonly string[] = ["environment", ANYONE.name];

/** What a token's name is, for messages. */
export const TOKEN_NAME_RULE =
  "a token's name starts with a letter or digit and consists of letters, digits, '.', '_' and '-', at most 64; " +
  `it is not ${TAKEN.map((name) => `'${name}'`).join(" or ")}, by which the audit log means others`;

export function isTokenName(text: string): boolean {
  return TOKEN_NAME.test(text) && !TAKEN.includes(text);
}

/**
 * Largest text that is parsed, in UTF-16 units: more than a thousand tokens. It is read again while
 * requests wait.
 */
const MAX_TEXT = 256 * 1024;

/** A file of tokens that cannot be used, with the reason. */
export class TokenFileInvalid extends Error {
  override readonly name = "TokenFileInvalid";
}

const time = z.union([z.string(), z.date()], "must be a time")
  .transform((text) => new Date(text))
  .refine((date) => !Number.isNaN(date.getTime()), "is not a time");

const TOKEN = z.strictObject({
  name: z.string().refine(isTokenName, TOKEN_NAME_RULE),
  role: z.enum(ROLES),
  /** Names, or patterns with `*`; all clusters when absent. */
  clusters: z.array(z.string().refine(isClusterPattern, "is not a name or pattern"))
    .min(1, "names no cluster; leave it out for all").optional(),
  /** Of the token, in hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 sum"),
  /** From when on it is not accepted. */
  expires: time.optional(),
});

const TOKENS = z.strictObject(
  { tokens: z.array(TOKEN).nullish() },
  "must be a map with the key tokens",
).nullish();

/** A token as it is stored: not the token itself, which nobody can make from this. */
export type StoredToken = Readonly<z.output<typeof TOKEN>>;

/** Which state of a file was read: another one whenever it has changed, or is another one. */
export function versionOf(path: string): string {
  const { dev, ino, mode, uid, size, mtime, ctime } = Deno.statSync(path);
  return [dev, ino, mode, uid, size, mtime?.getTime(), ctime?.getTime()].join(" ");
}

/**
 * Reads a file of tokens.
 *
 * Permissions: `--allow-read` of the file and of the way to it, `--allow-sys=uid,gid`.
 * @throws {TokenFileInvalid} says why; never with a piece of what is in it
 */
export function readTokenFile(path: string): StoredToken[] {
  const refuse = (why: string): never => {
    throw new TokenFileInvalid(`Cannot use tokens file ${path}: ${why}`);
  };
  let text: string;
  try {
    text = readTrusted(path, ownTrustWithoutGroup());
  } catch (error) {
    if (error instanceof NotTrusted) return refuse(error.message);
    return refuse(
      error instanceof Deno.errors.NotFound ? "there is no such file" : "it cannot be read",
    );
  }
  if (text.length > MAX_TEXT) return refuse("it is larger than 256 KiB");
  let content: unknown;
  try {
    const isEmpty = text.split("\n").every((line) => /^\s*(#.*)?$/.test(line));
    content = isEmpty ? undefined : load(text);
  } catch (error) {
    const mark = (error as { mark?: { line: number; column: number } }).mark;
    return refuse(
      "it is not valid YAML" +
        (mark ? ` at line ${mark.line + 1}, column ${mark.column + 1}` : ""),
    );
  }
  const parsed = TOKENS.safeParse(content, { error: wording });
  if (!parsed.success) {
    const { code, path, message } = parsed.error.issues[0]!;
    const where = path.length > 0 ? `'${path.join(".")}'` : "it";
    // A field that is not known may be anything, so that its name is not said.
    return refuse(
      code === "unrecognized_keys"
        ? `${where} has a field that is not known`
        : `${where} ${message}`,
    );
  }
  const tokens = parsed.data?.tokens ?? [];
  const names = tokens.map(({ name }) => name);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.has(name) || !seen.add(name));
  if (twice !== undefined) return refuse(`the name '${twice}' is there twice`);
  return tokens;
}

const HEAD =
  "# Tokens of argocd-configurer, by their SHA-256 sums. What is removed here stops working at once.\n";

/**
 * Replaces a file of tokens in one step. A new one only its owner may read; one that is there keeps
 * its owner and group, and who may read it.
 *
 * Permissions: `--allow-read --allow-write` of the file and its folder.
 * @throws {NotTrusted} where others may put another file in its place
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
    // The new name is on the disk only when its folder is: until then a removed token may be back.
    using folder = await Deno.open(dirname(path), { read: true });
    await folder.sync();
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw error;
  }
}
