import { HIDDEN, open, secret } from "../../fields/field.ts";
import { Password, shownName, Username } from "../../fields/texts.ts";
import { NO_PASSWORD, OAUTH_BASIC } from "../../kube/repository_fields.ts";
import type { RepositoryFields, SecretData } from "../../kube/store.ts";
import type { Sealed } from "../../log/sealed.ts";
import { yes } from "../material/checked.ts";
import { passwordHint, usernameHint } from "../material/password.ts";
import { byHttps, type CredentialKind, example, GIT, key, TOKEN } from "./credential_kind.ts";

export interface PasswordCredential {
  readonly kind: "password";
  readonly username: string;
  readonly password: Sealed<string>;
}

const fields = {
  username: open(Username.optional(), "User name", { value: "name", shown: shownName }),
  password: secret(Password.optional(), "The password or token", { by: "password" }),
};

/** A user name, and a password or token. */
export const password: CredentialKind<PasswordCredential, typeof fields> = {
  name: "password",
  fields,
  types: ["git", "helm", "oci"],
  unfit: byHttps,
  understand: (given) => yes({ kind: "password", ...given }),
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
  tried: ({ username, password }) => ({ username, password }),
  examples: {
    password: example("Git by HTTPS with a user name and a token", {
      ...GIT,
      name: "app",
      username: "your_username",
      password: TOKEN,
    }),
  },
};

/** Whether a user name is the token itself: by its form, or by what stands in the password's place. */
function isTokenName(username: string, { password }: SecretData): boolean {
  return shownUsername({ username, usernameIsToken: password === OAUTH_BASIC }) !== username;
}

/** A stored user name for showing: beside the password `x-oauth-basic` it is a token, whatever its form. */
export function shownUsername(fields: RepositoryFields): string | undefined {
  const { username, usernameIsToken } = fields;
  if (username === undefined) return undefined;
  const shown = String(shownName(username));
  return usernameIsToken && shown === username ? HIDDEN : shown;
}
