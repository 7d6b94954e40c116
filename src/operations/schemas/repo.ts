import { z } from "@hono/zod-openapi";
import type { RepositoryType } from "../../credentials/kinds/credential_kind.ts";
import { credentialFields } from "../../credentials/kinds/kinds.ts";
import { optionFields } from "../../credentials/kinds/repository_options.ts";
import { sharedPrefix } from "../../credentials/kinds/repository_names.ts";
import type { SpelledUrl } from "../../credentials/kinds/url.ts";
import { send } from "../../fields/advice.ts";
import { open } from "../../fields/field.ts";
import { allOf, be, has, mayHave, oneOf } from "../../fields/rules.ts";
import { orElse } from "../../fields/texts.ts";
import { writeBody } from "./body.ts";
import { cluster, dry_run, expires, force, newName, template, upsert, verify } from "./fields.ts";
import { REPO_CREDENTIAL_RULE, repoCredential, unfitFields } from "./repo_credential.ts";
import { GIT_ONLY, repositoryOptions, RepositoryTypeField, TEMPLATE_RULE } from "./repo_options.ts";
import { checkRoom, manyUrlsRule, NAME_ROOM, spelledUrls, urlFields } from "./repo_urls.ts";

const as = open(
  orElse(
    z.enum(["repository", "repo-creds"], { error: "must be repository or repo-creds" }),
    "repository",
  ),
  "repo-creds: a template for all repositories below the URL",
  {
    also: "of type helm and oci also NAME-repository for the URL itself",
    otherwise: "repository",
  },
);

/** Fields that are not for repositories of a type. */
const unfit = (type: RepositoryType) => [
  ...unfitFields(type),
  ...type === "git" ? ["insecure_oci_http"] : GIT_ONLY,
];

/**
 * What is asked of a repository's type, URL and credential together, but for what depends on what a
 * URL means: whether it is one for SSH, for OCI, or for the same repository as another one.
 */
export const REPOSITORY_RULE = allOf(
  oneOf(has("url"), has("urls")),
  REPO_CREDENTIAL_RULE,
  // Without saying again that it is required: Schemathesis makes nothing of so many alternatives.
  oneOf(
    ...Map.groupBy(RepositoryTypeField.options, (type) => unfit(type).join()).values().map((
      types,
    ) => mayHave({ type: types.length === 1 ? be(types[0]) : { enum: types } }, unfit(types[0]!))),
  ),
);

/** What is asked of all fields together. */
const REPO_RULES = allOf(REPOSITORY_RULE, TEMPLATE_RULE, manyUrlsRule("urls", "repository_name"));

export const repoFields = {
  cluster,
  name: newName(NAME_ROOM),
  type: open(RepositoryTypeField, "Kind of repository", { required: "" }),
  ...urlFields,
  as,
  ...credentialFields(),
  ...optionFields,
  template,
  upsert,
  force,
  expires,
  verify,
  dry_run,
};

/** The body of `POST /secrets/add_repo`. */
export const addRepoBody = writeBody({
  name: "AddRepo",
  fields: repoFields,
  needs: { url: ({ url, urls }) => url === undefined && urls === undefined },
  rule: REPO_RULES,
  understand(body, context) {
    const { type, as, template } = body;
    const urls = spelledUrls(body, { type, as }, context);
    checkRoom(body, urls, context);
    const repositories = { type, urls: urls.map(({ url }) => url) };
    const { hints, ...credential } = repoCredential(body, repositories, context);
    const options = repositoryOptions(body, urls, context);
    const own = { type, as, urls, ...credential, options, template };
    return { ...own, hints: [...hints, ...templateHint(as, urls)] };
  },
});

/** That one template could do what several repositories do. */
function templateHint(as: string, urls: readonly SpelledUrl[]): string[] {
  const prefix = as === "repository" ? sharedPrefix(urls.map(({ url }) => url.url)) : undefined;
  return prefix === undefined ? [] : [
    `All these URLs begin with ${prefix}: one template would do for all of them, and for those to ` +
    `come (${send({ as: "repo-creds", url: prefix })})`,
  ];
}
