import { decodeBase64Text, encodeBase64Text } from "../text/bytes.ts";
import type { RepositoryFields, SecretData } from "./store.ts";

/** Keys of an Argo CD repository secret whose values may be shown as they are. */
export const REPOSITORY_TEXTS = [
  "url",
  "name",
  "type",
  "username",
  "enableOCI",
  "project",
] as const satisfies readonly (keyof RepositoryFields)[];

/** base64 of the password beside which Git hosts take the user name for the token. */
export const OAUTH_BASIC = encodeBase64Text("x-oauth-basic");

/**
 * The fields of a repository or template secret that may be shown. Argo CD takes an empty value for
 * an absent one, and so does this: a field without a text is left out.
 */
export function repositoryFields(data: Readonly<SecretData>): RepositoryFields {
  const texts = REPOSITORY_TEXTS
    .map((key) => [key, decodeBase64Text(data[key] ?? "")] as const)
    .filter(([, text]) => text !== "");
  return { ...Object.fromEntries(texts), usernameIsToken: data.password === OAUTH_BASIC };
}
