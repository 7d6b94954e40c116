import { z } from "@hono/zod-openapi";
import type { ClientCertificate, RepositoryType } from "../../credentials/kinds/repository.ts";
import type { RepositoryCredential } from "../../credentials/kinds/repository_credential.ts";
import { enterpriseUrlHint } from "../../credentials/material/enterprise_url.ts";
import { checkGcpKey } from "../../credentials/material/gcp_key.ts";
import { passwordHint, usernameHint } from "../../credentials/material/password.ts";
import { checkAppPrivateKey } from "../../credentials/material/rsa_key.ts";
import { checkSshPrivateKey } from "../../credentials/material/ssh_key.ts";
import { checkTlsPair } from "../../credentials/material/tls_pair.ts";
import { seal, type Sealed } from "../../log/sealed.ts";
import { Password, Username } from "./fields.ts";
import {
  allOf,
  anyOf,
  be,
  bothOrNone,
  hasOnly,
  hasWith,
  inWords,
  oneOf,
  type Rule,
} from "./rules.ts";

const NO_ID = "must be a number";
const Id = z.union([
  z.int(NO_ID).positive(NO_ID),
  z.string().regex(/^[1-9][0-9]{0,17}$/, NO_ID),
], { error: NO_ID }).transform(String).openapi({
  ...inWords(anyOf(
    { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    { type: "string", pattern: "^[1-9][0-9]{0,17}$" },
  )),
});

const GitHubApp = z.strictObject({
  id: Id.openapi({ description: "Id of the app" }),
  installation_id: Id.openapi({ description: "Id of its installation in the organisation" }),
  private_key: Password.openapi({ description: "RSA key in PEM" }),
  enterprise_url: z.string().regex(/^https:\/\/[^\s@?#]+$/, "must be an https URL").optional()
    .openapi({
      description:
        "Of the API of a GitHub Enterprise Server: https://HOST/api/v3; not for github.com",
    }),
});

/**
 * Argo CD puts it into a header as it is, for Git even unchecked: `http.extraHeader`, in which a
 * line break begins another header. Go's own client refuses control characters.
 * @see Argo CD v3.2 util/git/creds.go `BearerAuthHeader`, util/git/client.go
 */
const BearerToken = z.string().min(1, "must not be empty")
  .regex(
    /^[\x21-\x7e]*$/,
    "must be of visible ASCII characters only, without spaces and line breaks",
  )
  .transform(seal).openapi({
    type: "string",
    format: "password",
    minLength: 1,
    pattern: "^[\\x21-\\x7e]*$",
  });

/** What {@link checkGcpKey} asks of a parsed key, but that its private key can be used. */
const GCP_KEY: Rule = {
  type: "object",
  ...hasWith({
    type: be("service_account"),
    client_email: {
      type: "string",
      pattern: "^[^\\s\\x00-\\x1f\\x7f-\\x9f@]+@[^\\s\\x00-\\x1f\\x7f-\\x9f@]+$",
    },
    private_key: { type: "string", format: "password", minLength: 1 },
  }),
  additionalProperties: true,
};

/** The fields of a repository's credential: one kind of them, or none. */
export const repoCredentialFields = {
  username: Username.optional(),
  password: Password.optional(),
  ssh_private_key: Password.optional().openapi({
    description: "Git by SSH: in OpenSSH's form or PEM, without a passphrase",
  }),
  github_app: GitHubApp.optional().openapi({ description: "Git: a GitHub App" }),
  bearer_token: BearerToken.optional().openapi({
    description: "Git by HTTPS: an HTTP access token of Bitbucket Data Center",
  }),
  gcp_service_account_key: z.union([
    Password,
    z.record(z.string(), z.unknown()).transform((key) => seal(JSON.stringify(key))),
  ], { error: "must be the JSON of a key, as a text or an object" }).optional().openapi({
    description: "Git by HTTPS: the JSON of a Google service account's key",
    ...inWords(anyOf({ type: "string", format: "password", minLength: 1 }, GCP_KEY)),
  }),
  tls_client_cert: z.string().min(1, "must not be empty").optional().openapi({
    description: "Client certificate in PEM; needs its key",
  }),
  tls_client_key: Password.optional().openapi({ description: "Key of the certificate in PEM" }),
};

export interface GivenRepoCredential {
  readonly username?: string;
  readonly password?: Sealed<string>;
  readonly ssh_private_key?: Sealed<string>;
  readonly github_app?: z.output<typeof GitHubApp>;
  readonly bearer_token?: Sealed<string>;
  readonly gcp_service_account_key?: Sealed<string>;
  readonly tls_client_cert?: string;
  readonly tls_client_key?: Sealed<string>;
}

export interface UnderstoodCredential {
  readonly credential?: RepositoryCredential;
  readonly clientCertificate?: ClientCertificate;
  readonly hints: readonly string[];
}

/** Field by field which kind of credential it belongs to. */
const KIND_OF = {
  username: "password",
  password: "password",
  ssh_private_key: "ssh_private_key",
  github_app: "github_app",
  bearer_token: "bearer_token",
  gcp_service_account_key: "gcp_service_account_key",
} as const;

const KIND_FIELDS = Object.keys(KIND_OF);

/** Kinds of one field; all of them are Git's. */
export const GIT_KINDS = KIND_FIELDS.filter((name) => name !== "username" && name !== "password");

/** These fields are given, and no others of {@link KIND_OF}. */
const only = (...names: readonly string[]): Rule =>
  hasOnly(names, KIND_FIELDS.filter((name) => !names.includes(name)));

/** What {@link repoCredential} asks, but for what depends on the repositories. */
export const REPO_CREDENTIAL_RULE = allOf(
  oneOf(
    only(),
    only("username", "password"),
    ...GIT_KINDS.map((kind) => only(kind)),
  ),
  bothOrNone("tls_client_cert", "tls_client_key"),
);

/**
 * The credential in a request; what is wrong with it is an issue.
 * @param over how the repositories are reached
 */
export function repoCredential(
  given: GivenRepoCredential,
  type: RepositoryType,
  over: readonly ("http" | "ssh")[],
  context: z.RefinementCtx,
): UnderstoodCredential {
  const wrong = (field: keyof GivenRepoCredential, message: string): UnderstoodCredential => {
    context.addIssue({ code: "custom", path: [field], message });
    return { hints: [] };
  };
  const fields = (Object.keys(KIND_OF) as (keyof typeof KIND_OF)[])
    .filter((field) => given[field] !== undefined);
  const [first] = fields;
  const other = fields.find((field) => KIND_OF[field] !== KIND_OF[first!]);
  if (other !== undefined) {
    return wrong(other, `contradicts '${first}'; give one kind of credential`);
  }
  const kind = first && KIND_OF[first];
  if (kind !== undefined && kind !== "password" && type !== "git") {
    return wrong(first!, "is for Git repositories only");
  }
  if (kind === "ssh_private_key" && over.includes("http")) {
    return wrong(first!, "needs a URL for SSH, like git@host:path");
  }
  if (kind !== undefined && kind !== "ssh_private_key" && over.includes("ssh")) {
    return wrong(first!, "needs a URL by HTTPS; for SSH give 'ssh_private_key'");
  }
  const certificate = clientCertificate(given, over, context);
  const credential = credentialOf(given, kind, context);
  const onlyCertificate = certificate.clientCertificate && kind === undefined && type === "git";
  return {
    ...(credential === undefined ? {} : { credential }),
    ...certificate,
    hints: [
      ...certificate.hints,
      ...(credential === undefined ? [] : credentialHints(credential)),
      ...(onlyCertificate
        ? [
          "Argo CD shows a client certificate to a Git server only beside a password, a token or " +
          "a GitHub App",
        ]
        : []),
    ],
  };
}

/** What the user should know about a credential that can be used. */
export function credentialHints(credential: RepositoryCredential): string[] {
  switch (credential.kind) {
    case "password":
      return [usernameHint(credential.username) ?? [], passwordHint(credential.password) ?? []]
        .flat();
    case "github_app":
      return [enterpriseUrlHint(credential.enterpriseUrl ?? "") ?? []].flat();
    default:
      return [];
  }
}

function credentialOf(
  given: GivenRepoCredential,
  kind: RepositoryCredential["kind"] | undefined,
  context: z.RefinementCtx,
): RepositoryCredential | undefined {
  const wrong = (path: string[], message: string) => {
    context.addIssue({ code: "custom", path, message });
    return undefined;
  };
  switch (kind) {
    case undefined:
      return undefined;
    case "password":
      if (given.username === undefined) return wrong(["username"], "is missing");
      if (given.password === undefined) return wrong(["password"], "is missing");
      return { kind, username: given.username, password: given.password };
    case "bearer_token":
      return { kind, token: given.bearer_token! };
    case "ssh_private_key": {
      const checked = checkSshPrivateKey(given.ssh_private_key!.reveal());
      if (!checked.ok) return wrong(["ssh_private_key"], checked.why);
      return { kind, privateKey: checked.value.text };
    }
    case "github_app": {
      const { id, installation_id: installationId, private_key, enterprise_url } = given
        .github_app!;
      const checked = checkAppPrivateKey(private_key.reveal());
      if (!checked.ok) return wrong(["github_app", "private_key"], checked.why);
      const enterprise = enterprise_url === undefined ? {} : { enterpriseUrl: enterprise_url };
      return { kind, id, installationId, privateKey: checked.value.text, ...enterprise };
    }
    case "gcp_service_account_key": {
      const checked = checkGcpKey(given.gcp_service_account_key!.reveal());
      if (!checked.ok) return wrong(["gcp_service_account_key"], checked.why);
      return { kind, key: checked.value.text };
    }
  }
}

function clientCertificate(
  { tls_client_cert: cert, tls_client_key: key }: GivenRepoCredential,
  over: readonly ("http" | "ssh")[],
  context: z.RefinementCtx,
): Omit<UnderstoodCredential, "credential"> {
  const wrong = (field: keyof GivenRepoCredential, message: string) => {
    context.addIssue({ code: "custom", path: [field], message });
    return { hints: [] };
  };
  if (cert === undefined && key === undefined) return { hints: [] };
  if (cert === undefined) return wrong("tls_client_cert", "is missing");
  if (key === undefined) return wrong("tls_client_key", "is missing");
  if (over.includes("ssh")) return wrong("tls_client_cert", "needs a URL by HTTPS");
  const checked = checkTlsPair(cert, key.reveal());
  if (!checked.ok) {
    return wrong(checked.of === "cert" ? "tls_client_cert" : "tls_client_key", checked.why);
  }
  const { value } = checked;
  return { clientCertificate: { cert: value.cert, key: value.key }, hints: value.warnings };
}
