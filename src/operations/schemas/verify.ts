import { z } from "@hono/zod-openapi";
import {
  type DockerCredential,
  dockerLogins,
  NO_COLON,
  WITHOUT_COLON,
} from "../../credentials/kinds/docker_logins.ts";
import { credentialFields } from "../../credentials/kinds/kinds.ts";
import { optionFields } from "../../credentials/kinds/repository_options.ts";
import type { VerifyRepo } from "../../credentials/verify_credential.ts";
import { open, shapeOf } from "../../fields/field.ts";
import { allOf, has, hasNone, inWords, mayHave, oneOf } from "../../fields/rules.ts";
import { refusing, shownName } from "../../fields/texts.ts";
import type { Body } from "./body.ts";
import { REPOSITORY_RULE } from "./repo.ts";
import { requires } from "./requires.ts";
import { repoCredential } from "./repo_credential.ts";
import { repositoryOptions, RepositoryTypeField } from "./repo_options.ts";
import { spelledUrls, urlFields } from "./repo_urls.ts";

const repositoryFields = credentialFields();
const { proxy, no_proxy, insecure, insecure_oci_http } = optionFields;
const reach = { proxy, no_proxy, insecure, insecure_oci_http };

export const verifyFields = {
  type: open(RepositoryTypeField.optional(), "Repository type", {
    otherwise: "a pull credential of a registry",
  }),
  ...urlFields,
  url: { ...urlFields.url, flag: { ...urlFields.url.flag!, required: " with --type" } },
  ...dockerLogins.fields,
  ...repositoryFields,
  username: open(repositoryFields.username.schema, "User name", {
    by: "login",
    value: "name",
    shown: shownName,
  }),
  ...reach,
};
const VerifyFields = z.strictObject(shapeOf(verifyFields));

/** Fields of a repository that a pull credential does not have. */
const OF_REPOSITORIES = (Object.keys({ ...urlFields, ...reach, ...repositoryFields }) as (
  keyof typeof verifyFields
)[]).filter((name) => !Object.hasOwn(dockerLogins.fields, name));

/** The checks of the transform below as JSON Schema. */
const VERIFY_RULES = oneOf(
  allOf(
    hasNone("type", ...OF_REPOSITORIES),
    mayHave({ username: WITHOUT_COLON }),
    dockerLogins.rule,
  ),
  allOf(has("type"), hasNone("registry", "registries"), REPOSITORY_RULE),
);

const needsLogin = (field: string) => (given: Readonly<Record<string, unknown>>) =>
  given.type === undefined && given.registries === undefined && given[field] === undefined;

export type ToVerify =
  & (
    | { readonly kind: "docker"; readonly credentials: readonly DockerCredential[] }
    | { readonly kind: "repo"; readonly request: VerifyRepo }
  )
  & {
    /** Hints about the credential for the user. */
    readonly hints: readonly string[];
  };

/** The body of `POST /secrets/verify`. */
const VerifyBody = requires(VerifyFields, {
  url: ({ type, url, urls }) => type !== undefined && url === undefined && urls === undefined,
  username: needsLogin("username"),
  password: needsLogin("password"),
}).transform((body, context): ToVerify => {
  const { type } = body;
  const wrong = refusing(context);
  const only = (fields: readonly (keyof typeof body)[], of: string) => {
    for (const field of fields) if (body[field] !== undefined) wrong(field, `is for ${of} only`);
  };
  if (type === undefined) {
    only(OF_REPOSITORIES, "repositories");
    // A repository's user name may contain a colon, and the field is the same.
    if (body.username?.includes(":")) wrong("username", NO_COLON);
    const credentials = dockerLogins.parse(body, context);
    return { kind: "docker", credentials, hints: dockerLogins.hints(credentials) };
  }
  only(["registry", "registries"], "pull credentials");
  const urls = spelledUrls(body, { type, as: "repository" }, context);
  const repositories = { type, urls: urls.map(({ url }) => url) };
  const { hints, ...credential } = repoCredential(body, repositories, context);
  const options = repositoryOptions({ ...body, type, as: "repository" }, urls, context);
  return { kind: "repo", request: { as: "repository", type, urls, ...credential, options }, hints };
}).openapi("Verify", { ...inWords(VERIFY_RULES) });

export const VERIFY_BODY: Body<typeof VerifyBody> = {
  schema: VerifyBody,
  fields: verifyFields,
};
