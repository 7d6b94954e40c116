import { z } from "@hono/zod-openapi";
import { sharedPrefix } from "../../credentials/kinds/repository_names.ts";
import type { SpelledUrl } from "../../credentials/kinds/url.ts";
import { type ClusterField, clusterShape, componentOf, inBothForms } from "./body.ts";
import { DryRun, flag, Force, orElse, secretName, Upsert, Verify } from "./fields.ts";
import { requires } from "./missing.ts";
import {
  GIT_KINDS,
  REPO_CREDENTIAL_RULE,
  repoCredential,
  repoCredentialFields,
} from "./repo_credential.ts";
import {
  GIT_ONLY,
  optionFields,
  repositoryOptions,
  RepositoryTypeField,
  TEMPLATE_RULE,
} from "./repo_options.ts";
import { checkRoom, manyUrlsRule, NAME_ROOM, spelledUrls, urlFields } from "./repo_urls.ts";
import { allOf, be, has, inWords, mayHave, oneOf } from "./rules.ts";

const As = orElse(
  z.enum(["repository", "repo-creds"], { error: "must be repository or repo-creds" }),
  "repository",
)
  .openapi({
    description:
      "repo-creds: a template for all repositories below the URL; of type helm and oci " +
      "also NAME-repository for the URL itself. repository when absent",
  });

/**
 * What is asked of a repository's type, URL and credential together, but for what depends on what a
 * URL means: whether it is one for SSH, for OCI, or for the same repository as another one.
 */
export const REPOSITORY_RULE = allOf(
  oneOf(has("url"), has("urls")),
  REPO_CREDENTIAL_RULE,
  // Without saying again that it is required: Schemathesis makes nothing of so many alternatives.
  oneOf(
    mayHave({ type: be("git") }, ["insecure_oci_http"]),
    mayHave({ type: { enum: ["helm", "oci"] } }, [...GIT_KINDS, ...GIT_ONLY]),
  ),
);

/** What is asked of all fields together. */
const REPO_RULES = allOf(REPOSITORY_RULE, TEMPLATE_RULE, manyUrlsRule("urls", "repository_name"));

const repoFields = (clusterField: ClusterField) =>
  z.strictObject({
    ...clusterShape(clusterField),
    name: secretName(NAME_ROOM),
    type: RepositoryTypeField,
    ...urlFields,
    as: As,
    ...repoCredentialFields,
    ...optionFields,
    template: flag("Whether to write NAME-template too where the URL alone matches no chart", true),
    upsert: Upsert,
    force: Force,
    verify: Verify,
    dry_run: DryRun,
  });

/** The body of `POST /secrets/add_repo`. */
export const addRepoBody = inBothForms((clusterField) => {
  const shape = repoFields(clusterField);
  const schema = requires(
    shape,
    "url",
    ({ url, urls }) => url === undefined && urls === undefined,
  ).transform((body, context) => {
    const { type, as, name, [clusterField]: cluster, template, upsert, force, verify } = body;
    const urls = spelledUrls(body, { type, as }, context);
    const over = urls.map(({ url }) => url.over);
    checkRoom({ name, template }, urls, context);
    const { hints, ...credential } = repoCredential(body, type, over, context);
    const options = repositoryOptions(body, urls, context);
    return {
      cluster,
      name,
      type,
      as,
      urls,
      ...credential,
      options,
      template,
      upsert,
      force,
      verify,
      dryRun: body.dry_run,
      hints: [...hints, ...templateHint(as, urls)],
    };
  }).openapi(componentOf("AddRepo", clusterField), {
    ...inWords(REPO_RULES),
  });
  return { schema, fields: Object.keys(shape.shape) };
});

/** That one template could do what several repositories do. */
function templateHint(as: string, urls: readonly SpelledUrl[]): string[] {
  const prefix = as === "repository" ? sharedPrefix(urls.map(({ url }) => url.url)) : undefined;
  return prefix === undefined ? [] : [
    `All these URLs begin with ${prefix}: one template would do for all of them, and for those to ` +
    `come (send "as": "repo-creds" and "url": ${JSON.stringify(prefix)})`,
  ];
}
