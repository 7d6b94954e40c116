import { z } from "@hono/zod-openapi";
import type { DockerCredential } from "../../credentials/kinds/docker.ts";
import { dockerHints } from "../../credentials/kinds/docker_hints.ts";
import type { VerifyRepo } from "../../credentials/verify_credential.ts";
import type { Body } from "./body.ts";
import {
  DOCKER_CREDENTIAL_RULE,
  dockerCredentialFields,
  dockerCredentials,
  NO_COLON,
  WITHOUT_COLON,
} from "./docker.ts";
import { requires } from "./missing.ts";
import { REPOSITORY_RULE } from "./repo.ts";
import { repoCredential, repoCredentialFields } from "./repo_credential.ts";
import { optionFields, repositoryOptions, RepositoryTypeField } from "./repo_options.ts";
import { spelledUrls, urlFields } from "./repo_urls.ts";
import { allOf, has, hasNone, inWords, mayHave, oneOf } from "./rules.ts";

const VerifyFields = z.strictObject({
  type: RepositoryTypeField.optional().openapi({
    description: "Of a repository; absent for a registry's pull credential",
  }),
  ...urlFields,
  ...dockerCredentialFields,
  ...repoCredentialFields,
  proxy: optionFields.proxy,
  no_proxy: optionFields.no_proxy,
  insecure: optionFields.insecure,
  insecure_oci_http: optionFields.insecure_oci_http,
});

/** Of a repository, those that a pull credential does not have. */
const REPOSITORY_OPTIONS = [
  "url",
  "urls",
  "proxy",
  "no_proxy",
  "insecure",
  "insecure_oci_http",
] as const;
const REPOSITORY_CREDENTIALS = [
  "ssh_private_key",
  "github_app",
  "bearer_token",
  "gcp_service_account_key",
  "tls_client_cert",
  "tls_client_key",
] as const;

/** What is asked of them below. */
const VERIFY_RULES = oneOf(
  allOf(
    hasNone("type", ...REPOSITORY_OPTIONS, ...REPOSITORY_CREDENTIALS),
    mayHave({ username: WITHOUT_COLON }),
    DOCKER_CREDENTIAL_RULE,
  ),
  allOf(has("type"), hasNone("registry", "registries"), REPOSITORY_RULE),
);

type Given = Readonly<Record<string, unknown>>;

const needsUrl = ({ type, url, urls }: Given) =>
  type !== undefined && url === undefined && urls === undefined;
const needsLogin = (field: string) => (given: Given) =>
  given.type === undefined && given.registries === undefined && given[field] === undefined;

export type ToVerify =
  & (
    | { readonly kind: "docker"; readonly credentials: readonly DockerCredential[] }
    | { readonly kind: "repo"; readonly request: VerifyRepo }
  )
  & {
    /** What the user should know about the credential. */
    readonly hints: readonly string[];
  };

/** The body of `POST /secrets/verify`. */
const VerifyBody = requires(
  requires(requires(VerifyFields, "url", needsUrl), "username", needsLogin("username")),
  "password",
  needsLogin("password"),
).transform((body, context): ToVerify => {
  const { type } = body;
  const only = (fields: readonly (keyof typeof body)[], of: string) => {
    for (const field of fields) {
      if (body[field] === undefined) continue;
      context.addIssue({ code: "custom", path: [field], message: `is for ${of} only` });
    }
  };
  if (type === undefined) {
    only(REPOSITORY_OPTIONS, "repositories");
    only(REPOSITORY_CREDENTIALS, "repositories");
    // The field is a repository's, too, whose may have one.
    if (body.username?.includes(":")) {
      context.addIssue({ code: "custom", path: ["username"], message: NO_COLON });
    }
    const credentials = dockerCredentials(body, context);
    return { kind: "docker", credentials, hints: dockerHints(credentials) };
  }
  only(["registry", "registries"], "pull credentials");
  const urls = spelledUrls(body, { type, as: "repository" }, context);
  const { hints, ...credential } = repoCredential(
    body,
    type,
    urls.map(({ url }) => url.over),
    context,
  );
  const { proxy, no_proxy, insecure, insecure_oci_http } = body;
  const given = { type, as: "repository" as const, proxy, no_proxy, insecure, insecure_oci_http };
  const options = repositoryOptions(given, urls, context);
  return { kind: "repo", request: { as: "repository", type, urls, ...credential, options }, hints };
}).openapi("Verify", { ...inWords(VERIFY_RULES) });

export const VERIFY_BODY: Body<typeof VerifyBody> = {
  schema: VerifyBody,
  fields: Object.keys(VerifyFields.shape),
};
