import { HIDDEN, open, secret } from "../../fields/field.ts";
import { Password, shownName, Username } from "../../fields/texts.ts";
import { NO_PASSWORD, OAUTH_BASIC } from "../../kube/repository_fields.ts";
import type { RepositoryFields, SecretData } from "../../kube/store.ts";
import type { Sealed } from "../../log/sealed.ts";
import { yes } from "../material/validated.ts";
import { passwordHint, usernameHint } from "../material/password.ts";
import { byHttps, type CredentialKind, example, GIT, key, TOKEN } from "./credential_kind.ts";

export interface PasswordCredential {
  readonly kind: "password";
  readonly username: string;
  readonly password: Sealed<string>;
}

const fields = {
  username: open(Username.optional(), "User name", { value: "name", shown: shownName }),
  password: secret(Password.optional(), "Password or token", { by: "password" }),
};

/** A user name with a password or token. */
export const password: CredentialKind<PasswordCredential, typeof fields> = {
  name: "password",
  fields,
  types: ["git", "helm", "oci"],
  unfit: byHttps,
  parse: (given) => yes({ kind: "password", ...given }),
  hints: ({ username, password }) =>
    [usernameHint(username) ?? [], passwordHint(password) ?? []].flat(),
  keys: {
    username: key(fields.username, "username", {
      isOwn: true,
      isCredential: isTokenName,
      shown: (username, { password }) =>
        shownUsername({ username, usernameIsToken: password === OAUTH_BASIC }) ?? "",
    }),
    password: key(fields.password, "password", {
      isOwn: true,
      isCredential: (password) => password !== NO_PASSWORD,
    }),
  },
  verifyWith: ({ username, password }) => ({ username, password }),
  examples: {
    password: example("Git over HTTPS with a user name and a token", {
      ...GIT,
      name: "app",
      username: "your_username",
      password: TOKEN,
    }),
  },
};

/** Whether a user name is itself the token: it looks like one, or the password is a placeholder. */
function isTokenName(username: string, { password }: SecretData): boolean {
  return shownUsername({ username, usernameIsToken: password === OAUTH_BASIC }) !== username;
}

/** Masks a stored user name that looks like a token, or whose password is `x-oauth-basic`. */
export function shownUsername(fields: RepositoryFields): string | undefined {
  const { username, usernameIsToken } = fields;
  if (username === undefined) return undefined;
  const shown = String(shownName(username));
  return usernameIsToken && shown === username ? HIDDEN : shown;
}
