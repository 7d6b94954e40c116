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
  "repository, or repo-creds: a credential template for all repositories below the URL",
  {
    also: "for the types helm and oci, NAME-repository is also written for the URL itself",
    otherwise: "repository",
  },
);

/** Fields that do not apply to repositories of a type. */
const unfit = (type: RepositoryType) => [
  ...unfitFields(type),
  ...type === "git" ? ["insecure_oci_http"] : GIT_ONLY,
];

/**
 * The checks of a repository's type, URL and credential together. Not included are checks that depend on
 * the meaning of a URL: whether it uses SSH or OCI, or is the same repository as another URL.
 */
export const REPOSITORY_RULE = allOf(
  oneOf(has("url"), has("urls")),
  REPO_CREDENTIAL_RULE,
  // Does not repeat that `type` is required: Schemathesis generates nothing from that many alternatives.
  oneOf(
    ...Map.groupBy(RepositoryTypeField.options, (type) => unfit(type).join()).values().map((
      types,
    ) => mayHave({ type: types.length === 1 ? be(types[0]) : { enum: types } }, unfit(types[0]!))),
  ),
);

/** The checks of all fields together. */
const REPO_RULES = allOf(REPOSITORY_RULE, TEMPLATE_RULE, manyUrlsRule("urls", "repository_name"));

export const repoFields = {
  cluster,
  name: newName(NAME_ROOM),
  type: open(RepositoryTypeField, "Repository type", { required: "" }),
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

/** A hint if one template could replace several repositories. */
function templateHint(as: string, urls: readonly SpelledUrl[]): string[] {
  const prefix = as === "repository" ? sharedPrefix(urls.map(({ url }) => url.url)) : undefined;
  return prefix === undefined ? [] : [
    `All these URLs start with ${prefix}: one credential template would cover them and future ` +
    `repositories (${send({ as: "repo-creds", url: prefix })})`,
  ];
}
