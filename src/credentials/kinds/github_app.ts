import { z } from "@hono/zod-openapi";
import { open, secret, shapeOf } from "../../fields/field.ts";
import { anyOf, inWords } from "../../fields/rules.ts";
import { Password } from "../../fields/texts.ts";
import type { Sealed } from "../../log/sealed.ts";
import { canonicalPem } from "../material/canonical.ts";
import { yes } from "../material/validated.ts";
import { enterpriseUrlHint } from "../material/enterprise_url.ts";
import { checkAppPrivateKey } from "../material/rsa_key.ts";
import { byHttps, type CredentialKind, example, GIT, key, PEM } from "./credential_kind.ts";
import { shownText } from "./url.ts";

export interface GitHubApp {
  readonly kind: "github_app";
  readonly id: string;
  readonly installationId: string;
  readonly privateKey: Sealed<string>;
  /** The API URL of a GitHub Enterprise Server. */
  readonly enterpriseUrl?: string;
}

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

const inside = {
  id: open(Id, "ID of a GitHub App", { value: "id" }),
  installation_id: open(Id, "Installation ID of the GitHub App", { value: "id" }),
  private_key: secret(Password, "Private key of the GitHub App: RSA in PEM", { by: "file" }),
  enterprise_url: open(
    z.string().regex(/^https:\/\/[^\s@?#]+$/, "must be an https URL").optional(),
    "API URL of a GitHub Enterprise Server: https://HOST/api/v3; not for github.com",
    { value: "url", shown: shownText },
  ),
};

const fields = {
  github_app: open(z.strictObject(shapeOf(inside)).optional(), "GitHub App (Git over HTTPS)", {
    fields: inside,
  }),
};

export const githubApp: CredentialKind<GitHubApp, typeof fields> = {
  name: "github_app",
  fields,
  types: ["git"],
  unfit: byHttps,
  parse({ github_app: { id, installation_id, private_key, enterprise_url } }) {
    const checked = checkAppPrivateKey(private_key.reveal());
    if (!checked.ok) return { ...checked, path: ["github_app", "private_key"] };
    return yes({
      kind: "github_app",
      id,
      installationId: installation_id,
      privateKey: checked.value.text,
      ...(enterprise_url === undefined ? {} : { enterpriseUrl: enterprise_url }),
    });
  },
  hints: ({ enterpriseUrl = "" }) => [enterpriseUrlHint(enterpriseUrl) ?? []].flat(),
  keys: {
    githubAppID: key(inside.id, "id"),
    githubAppInstallationID: key(inside.installation_id, "installationId"),
    githubAppPrivateKey: key(inside.private_key, "privateKey", {
      isOwn: true,
      canonical: canonicalPem,
      material: "pem",
    }),
    githubAppEnterpriseBaseUrl: key(inside.enterprise_url, "enterpriseUrl"),
  },
  verifyWith: (app) => app,
  examples: {
    github_app: example("All Git repositories of an organisation with a GitHub App", {
      ...GIT,
      name: "github-your-org",
      as: "repo-creds",
      url: "https://github.com/your-org/",
      github_app: { id: 12345, installation_id: 67890, private_key: PEM },
    }),
  },
};
