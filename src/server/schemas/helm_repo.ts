import { z } from "@hono/zod-openapi";
import {
  ClusterName,
  DryRun,
  Force,
  Password,
  secretName,
  Upsert,
  Username,
  Verify,
} from "./fields.ts";
import { requires } from "./missing.ts";
import { checkRoom, NAME_ROOM, RepositoryTypeField, spelledUrls, urlFields } from "./repo.ts";

/** Where a URL of this request stands. */
const FIELDS = { one: "repository_url", many: "repository_urls" };

const HelmRepoFields = z.strictObject({
  name: secretName(NAME_ROOM),
  repository_url: urlFields.url.openapi({
    description: "By https, http or oci, or just the host and path",
    example: "https://charts.bitnami.com/bitnami",
  }),
  cluster_name: ClusterName,
  username: Username,
  password: Password,
  use_oci: z.boolean().optional().openapi({
    description: "Whether the charts are OCI artifacts; decided by the URL when absent",
  }),
  upsert: Upsert,
  force: Force,
  template: z.boolean().default(true).openapi({
    description: "Whether to write NAME-template too where the URL alone matches no chart",
  }),
  type: RepositoryTypeField.default("helm"),
  repository_urls: urlFields.urls,
  verify: Verify,
  dry_run: DryRun,
});

/** Names of the fields of {@link AddHelmRepoBody}. */
export const ADD_HELM_REPO_FIELDS = Object.keys(HelmRepoFields.shape);

export const AddHelmRepoBody = requires(
  HelmRepoFields,
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
  return {
    cluster: body.cluster_name,
    name: body.name,
    type,
    as: "repository" as const,
    urls,
    credential: { kind: "password" as const, username, password },
    options: {},
    template: body.template,
    upsert: body.upsert,
    force: body.force,
    verify: body.verify,
    dryRun: body.dry_run,
    hints: [],
    /** Whether several URLs were given, though it may be a list of one. */
    isList: body.repository_urls !== undefined,
  };
}).openapi("AddHelmRepo");
