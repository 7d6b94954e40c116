import { type StoredToken, writeTokenFile } from "../../src/tokens/token_file.ts";
import { makeToken, sha256, type Tokens, tokensFrom } from "../../src/tokens/tokens.ts";
import type { Row } from "./support.ts";

/** Tokens for tests, in a separate file for each test file. */

export const SECRETS = {
  reader: makeToken(),
  writer: makeToken(),
  admin: makeToken(),
  "one-cluster": makeToken(),
  "other-cluster": makeToken(),
  expired: makeToken(),
};

export type Name = keyof typeof SECRETS;

export const STORED: StoredToken[] = [
  { name: "reader", role: "reader", sha256: sha256(SECRETS.reader) },
  { name: "writer", role: "writer", sha256: sha256(SECRETS.writer) },
  { name: "admin", role: "admin", sha256: sha256(SECRETS.admin) },
  {
    name: "one-cluster",
    role: "writer",
    clusters: ["test-*"],
    sha256: sha256(SECRETS["one-cluster"]),
  },
  {
    name: "other-cluster",
    role: "writer",
    clusters: ["production-cluster"],
    sha256: sha256(SECRETS["other-cluster"]),
  },
  { name: "expired", role: "admin", sha256: sha256(SECRETS.expired), expires: new Date(1) },
];

const folder = Deno.makeTempDirSync();
export const file = `${folder}/tokens.yaml`;
await writeTokenFile(file, STORED);
const tokens: Tokens = tokensFrom({ file });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

/** The header with a token. */
export const bearer = (name: Name) => ({ Authorization: `Bearer ${SECRETS[name]}` });
/** None of them must be shown. */
export const all = Object.values(SECRETS);
export const options = { deps: { tokens } };

/** A row for a server that requires tokens. */
export function row(
  name: string,
  request: () => Request,
  status: number,
  body: Row["body"],
  more: Partial<Row> = {},
): Row {
  return { name, request, status, body, options, absent: all, ...more };
}

/** A row whose request opens no cluster. */
export const closed = { opens: false, changes: false } as const;
