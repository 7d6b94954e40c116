import { z } from "@hono/zod-openapi";
import { type ClusterField, clusterShape, componentOf, inBothForms } from "./body.ts";
import {
  DryRun,
  flag,
  Force,
  orElse,
  Password,
  secretName,
  Upsert,
  Username,
  Verify,
} from "./fields.ts";
import { requires } from "./missing.ts";
import { credentialHints } from "./repo_credential.ts";
import { RepositoryTypeField } from "./repo_options.ts";
import { checkRoom, manyUrlsRule, NAME_ROOM, spelledUrls, urlFields } from "./repo_urls.ts";
import { allOf, be, has, inWords, mayHave, oneOf, when } from "./rules.ts";

/** Where a URL of this request stands. */
const FIELDS = { one: "repository_url", many: "repository_urls" };

const helmRepoFields = (clusterField: ClusterField) =>
  z.strictObject({
    name: secretName(NAME_ROOM),
    repository_url: urlFields.url.openapi({
      description: "By https, http or oci, or just the host and path",
      example: "https://charts.bitnami.com/bitnami",
    }),
    ...clusterShape(clusterField),
    username: Username,
    password: Password,
    use_oci: z.boolean().optional().openapi({
      description: "Whether the charts are OCI artifacts; decided by the URL when absent",
    }),
    upsert: Upsert,
    force: Force,
    template: flag("Whether to write NAME-template too where the URL alone matches no chart", true),
    type: orElse(RepositoryTypeField, "helm").openapi({
      description: "Kind of repository; helm when absent",
    }),
    repository_urls: urlFields.urls,
    verify: Verify,
    dry_run: DryRun,
  });

/** What is asked of them below. */
const HELM_REPO_RULES = allOf(
  oneOf(has(FIELDS.one), has(FIELDS.many)),
  when(has("use_oci"), mayHave({ type: be("helm") })),
  manyUrlsRule(FIELDS.many),
);

/** The body of `POST /secrets/add_helm_repo`. */
export const addHelmRepoBody = inBothForms((clusterField) => {
  const shape = helmRepoFields(clusterField);
  const schema = requires(
    shape,
    "repository_url",
    ({ repository_url: url, repository_urls: urls }) => url === undefined && urls === undefined,
  ).transform((body, context) => {
    const { type, use_oci: useOci, username, password } = body;
    if (useOci !== undefined && type !== "helm") {
      context.addIssue({
        code: "custom",
        path: ["use_oci"],
        message: "is for Helm repositories only",
      });
    }
    const given = { url: body.repository_url, urls: body.repository_urls };
    const urls = spelledUrls(given, { type, as: "repository", useOci }, context, FIELDS);
    checkRoom(body, urls, context);
    const overSsh = urls.findIndex(({ url }) => url.over === "ssh");
    if (overSsh >= 0) {
      const path = given.urls === undefined ? [FIELDS.one] : [FIELDS.many, overSsh];
      const message = "must be a URL by HTTPS, since there is a password";
      context.addIssue({ code: "custom", path, message });
    }
    const credential = { kind: "password", username, password } as const;
    return {
      cluster: body[clusterField],
      name: body.name,
      type,
      as: "repository" as const,
      urls,
      credential,
      options: {},
      template: body.template,
      upsert: body.upsert,
      force: body.force,
      verify: body.verify,
      dryRun: body.dry_run,
      hints: credentialHints(credential),
      /** Whether several URLs were given, though it may be a list of one. */
      isList: body.repository_urls !== undefined,
    };
  }).openapi(componentOf("AddHelmRepo", clusterField), { ...inWords(HELM_REPO_RULES) });
  return { schema, fields: Object.keys(shape.shape) };
});
