import { decodeBase64Text, encodeBase64Text } from "../text/bytes.ts";
import type { RepositoryFields, SecretData } from "./store.ts";

/** Keys of an Argo CD repository secret whose values may be shown. */
export const REPOSITORY_TEXTS = [
  "url",
  "name",
  "type",
  "username",
  "enableOCI",
  "project",
] as const satisfies readonly (keyof RepositoryFields)[];

/** The password with which Git hosts take the user name as the token; and the same in base64. */
export const NO_PASSWORD = "x-oauth-basic";
export const OAUTH_BASIC = encodeBase64Text(NO_PASSWORD);

/**
 * The fields of a repository or template secret that may be shown. Empty values are left out, since Argo
 * CD treats them like missing ones.
 */
export function repositoryFields(data: Readonly<SecretData>): RepositoryFields {
  const texts = REPOSITORY_TEXTS.filter((key) => data[key])
    .map((key) => [key, decodeBase64Text(data[key]!)] as const)
    .filter(([, text]) => text !== "");
  return { ...Object.fromEntries(texts), usernameIsToken: data.password === OAUTH_BASIC };
}
