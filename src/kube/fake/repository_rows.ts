import { encodeBase64Text } from "../../text/bytes.ts";
import { REPOSITORY_TEXTS } from "../repository_fields.ts";
import type { RepositoryFields, SecretData } from "../store.ts";

/** The data of a repository secret, and the fields that both transports have to read from it. */
export interface RepositoryRow {
  /** Also the name of the secret. */
  readonly what: string;
  readonly data: SecretData;
  readonly fields: RepositoryFields;
}

const base64 = encodeBase64Text;
const NONE: RepositoryFields = { usernameIsToken: false };

export const REPOSITORY_ROWS: readonly RepositoryRow[] = [
  { what: "nothing", data: {}, fields: NONE },
  { what: "other-keys", data: { URL: base64("x"), insecure: base64("true") }, fields: NONE },
  ...REPOSITORY_TEXTS.flatMap((key): RepositoryRow[] => {
    const name = key.toLowerCase();
    const fields = { ...NONE, [key]: "text" };
    return [
      { what: `${name}-alone`, data: { [key]: base64("text") }, fields },
      { what: `${name}-empty`, data: { [key]: "" }, fields: NONE },
      {
        what: `${name}-not-utf8`,
        data: { [key]: new Uint8Array([0x61, 0xff, 0x62]).toBase64() },
        fields: { ...NONE, [key]: "a\ufffdb" },
      },
    ];
  }),
  { what: "blank", data: { name: base64(" ") }, fields: { ...NONE, name: " " } },
  { what: "nul", data: { name: base64("\0") }, fields: { ...NONE, name: "\0" } },
  { what: "mark-only", data: { name: base64("\ufeff") }, fields: NONE },
  {
    what: "token",
    data: { username: base64("user"), password: base64("x-oauth-basic") },
    fields: { username: "user", usernameIsToken: true },
  },
  {
    what: "token-empty-username",
    data: { username: "", password: base64("x-oauth-basic") },
    fields: { usernameIsToken: true },
  },
  ...["", "X-OAUTH-BASIC", "x-oauth-basic ", "x-oauth-basic2", "\ufeffx-oauth-basic"].map((
    password,
    i,
  ): RepositoryRow => ({
    what: `password-${i}`,
    data: { username: base64("user"), password: base64(password) },
    fields: { ...NONE, username: "user" },
  })),
];
