import { z } from "@hono/zod-openapi";
import { open, secret, shapeOf } from "../../fields/field.ts";
import { Password } from "../../fields/texts.ts";
import { yes } from "../material/validated.ts";
import { passwordHint } from "../material/password.ts";
import { byHttps, type CredentialKind, example, GIT, key, TOKEN } from "./credential_kind.ts";
import { shownText } from "./url.ts";

const GUID = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
const TENANT =
  /^([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[A-Za-z0-9]+(-+[A-Za-z0-9]+)*(\.[A-Za-z0-9]+(-+[A-Za-z0-9]+)*)+)$/;

const inside = {
  client_id: open(
    z.string().regex(GUID, "must be a GUID: the ID of an application"),
    "Client ID of an Azure service principal: the GUID of its application",
    { value: "id" },
  ),
  client_secret: secret(Password, "Value of a client secret of the service principal", {
    by: "line",
  }),
  tenant_id: open(
    z.string().max(253, "must be shorter")
      .regex(TENANT, "must be the GUID or a domain of a tenant"),
    "Tenant of the service principal: a GUID, or a domain such as example.onmicrosoft.com",
    { value: "id" },
  ),
  authority_url: open(
    z.string().regex(/^https:\/\/[^\s@?#]+$/, "must be an https URL").optional(),
    "Token endpoint of another Azure cloud: https://login.microsoftonline.us",
    { value: "url", example: "https://login.microsoftonline.us", shown: shownText },
  ),
};

const Principal = z.strictObject(shapeOf(inside));

export type AzureServicePrincipal = z.output<typeof Principal> & {
  readonly kind: "azure_service_principal";
};

const fields = {
  azure_service_principal: open(
    Principal.optional(),
    "Azure service principal (Git over HTTPS, Azure DevOps)",
    { also: "needs Argo CD 3.5 or later", fields: inside },
  ),
};

/**
 * An Azure service principal; Argo CD gets a token with it, which Azure DevOps accepts. For Git only:
 * Argo CD does not use it for charts and artifacts. Templates spell two of its keys differently, and
 * Argo CD ignores a key in the wrong spelling.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go GetGitCreds, GetHelmCreds, GetOCICreds
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/db/repository_secrets.go secretToRepository, secretToRepoCred
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/git/creds.go AzureServicePrincipalCreds
 */
export const azureServicePrincipal: CredentialKind<AzureServicePrincipal, typeof fields> = {
  name: "azure_service_principal",
  fields,
  types: ["git"],
  unfit: byHttps,
  parse: ({ azure_service_principal: given }) => yes({ kind: "azure_service_principal", ...given }),
  // https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes AADSTS7000215
  hints: ({ client_secret: secret }) => [
    ...[passwordHint(secret, "client secret") ?? []].flat(),
    ...GUID.test(secret.reveal().trim())
      ? ["The client secret looks like a secret's id; Azure needs the secret's value"]
      : [],
  ],
  keys: {
    azureServicePrincipalClientId: key(inside.client_id, "client_id", {
      inTemplates: "azureServicePrincipalClientID",
    }),
    azureServicePrincipalClientSecret: key(inside.client_secret, "client_secret", { isOwn: true }),
    azureServicePrincipalTenantId: key(inside.tenant_id, "tenant_id", {
      inTemplates: "azureServicePrincipalTenantID",
    }),
    azureActiveDirectoryEndpoint: key(inside.authority_url, "authority_url"),
  },
  verifyWith: () => "the ids have the right format; Azure was not contacted",
  examples: {
    azure: example("Azure DevOps with a service principal", {
      ...GIT,
      name: "azure",
      url: "https://dev.azure.com/your-org/your-project/_git/app",
      azure_service_principal: {
        client_id: "11111111-2222-3333-4444-555555555555",
        client_secret: TOKEN,
        tenant_id: "example.onmicrosoft.com",
      },
    }),
  },
};
