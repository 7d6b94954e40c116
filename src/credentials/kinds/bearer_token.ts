import { z } from "@hono/zod-openapi";
import { secret } from "../../fields/field.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { yes } from "../material/validated.ts";
import { byHttps, type CredentialKind, example, GIT, key, TOKEN } from "./credential_kind.ts";

export interface BearerToken {
  readonly kind: "bearer_token";
  readonly token: Sealed<string>;
}

/**
 * Argo CD puts the token into a header as it is. For Git it uses `http.extraHeader` without a check, where
 * a line break would start another header; Go's own HTTP client rejects control characters.
 * @see Argo CD v3.2 util/git/creds.go `BearerAuthHeader`, util/git/client.go
 */
const Token = z.string().min(1, "must not be empty")
  .regex(
    /^[\x21-\x7e]*$/,
    "must contain visible ASCII characters only, without spaces or line breaks",
  )
  .transform(seal).openapi({
    type: "string",
    format: "password",
    minLength: 1,
    pattern: "^[\\x21-\\x7e]*$",
  });

const fields = {
  bearer_token: secret(Token.optional(), "Bearer token (Git over HTTPS)", {
    by: "line",
    also: "such as an HTTP access token of Bitbucket Data Center",
  }),
};

/** For Git over HTTPS; Bitbucket Data Center uses it. */
export const bearerToken: CredentialKind<BearerToken, typeof fields> = {
  name: "bearer_token",
  fields,
  types: ["git"],
  unfit: byHttps,
  parse: ({ bearer_token: token }) => yes({ kind: "bearer_token", token }),
  keys: { bearerToken: key(fields.bearer_token, "token", { isOwn: true }) },
  verifyWith: ({ token }) => ({ bearerToken: token }),
  examples: {
    bearer_token: example("Bitbucket Data Center with an HTTP access token", {
      ...GIT,
      name: "bitbucket",
      url: "https://bitbucket.example.com/scm/team/app.git",
      bearer_token: TOKEN,
    }),
  },
};
