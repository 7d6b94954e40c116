import { z } from "@hono/zod-openapi";
import { password } from "../../credentials/kinds/password.ts";
import { shownText } from "../../credentials/kinds/url.ts";
import { open, secret } from "../../fields/field.ts";
import { allOf, be, has, mayHave, oneOf, when } from "../../fields/rules.ts";
import { orElse, Password, refusing, shownName, Username } from "../../fields/texts.ts";
import { writeBody } from "./body.ts";
import { cluster, dry_run, expires, force, newName, template, upsert, verify } from "./fields.ts";
import { RepositoryTypeField } from "./repo_options.ts";
import { checkRoom, manyUrlsRule, NAME_ROOM, spelledUrls, urlFields } from "./repo_urls.ts";

/** Names of the URL fields of this request. */
const FIELDS = { one: "repository_url", many: "repository_urls" };

export const helmRepoFields = {
  name: newName(NAME_ROOM),
  repository_url: open(
    urlFields.url.schema,
    "URL of the repository: https, http or oci, or only host and path",
    { example: "https://charts.bitnami.com/bitnami", shown: shownText },
  ),
  cluster,
  username: open(Username, "User name", { shown: shownName }),
  password: secret(Password, "Password or token", { by: "password" }),
  use_oci: open(z.boolean().optional(), "Treat the charts as OCI artifacts", {
    otherwise: "derived from the URL",
  }),
  upsert,
  force,
  template,
  type: open(orElse(RepositoryTypeField, "helm"), "Repository type", { otherwise: "helm" }),
  repository_urls: urlFields.urls,
  expires,
  verify,
  dry_run,
};

/** The checks of `understand` below as JSON Schema. */
const HELM_REPO_RULES = allOf(
  oneOf(has(FIELDS.one), has(FIELDS.many)),
  when(has("use_oci"), mayHave({ type: be("helm") })),
  manyUrlsRule(FIELDS.many),
);

/** The body of `POST /secrets/add_helm_repo`. */
export const addHelmRepoBody = writeBody({
  name: "AddHelmRepo",
  fields: helmRepoFields,
  needs: {
    repository_url: ({ repository_url: url, repository_urls: urls }) =>
      url === undefined && urls === undefined,
  },
  rule: HELM_REPO_RULES,
  understand(body, context) {
    const { type, use_oci: useOci, username, template } = body;
    const wrong = refusing(context);
    if (useOci !== undefined && type !== "helm") wrong("use_oci", "is for Helm repositories only");
    const given = { url: body.repository_url, urls: body.repository_urls };
    const urls = spelledUrls(given, { type, as: "repository", useOci }, context, FIELDS);
    checkRoom(body, urls, context);
    const overSsh = urls.findIndex(({ url }) => url.over === "ssh");
    if (overSsh >= 0) {
      const path = given.urls === undefined ? [FIELDS.one] : [FIELDS.many, overSsh];
      wrong(path, "must be an HTTPS URL, because the credential is a password");
    }
    const credential = { kind: "password", username, password: body.password } as const;
    return {
      type,
      as: "repository" as const,
      urls,
      credential,
      options: {},
      template,
      hints: password.hints?.(credential) ?? [],
      /** Whether the URLs were given as a list, even a list of one. */
      isList: given.urls !== undefined,
    };
  },
});
