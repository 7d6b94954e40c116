import { z } from "@hono/zod-openapi";
import { open } from "../../fields/field.ts";
import { yes } from "../material/validated.ts";
import { byHttps, type CredentialKind, example, GIT } from "./credential_kind.ts";

export interface AzureWorkloadIdentity {
  readonly kind: "azure_workload_identity";
}

const fields = {
  use_azure_workload_identity: open(
    z.literal(true, "must be true, or absent").optional(),
    "Use the Azure workload identity of Argo CD's pods instead of a credential " +
      "(Git over HTTPS; charts in an OCI registry)",
  ),
};

/**
 * The Azure workload identity of Argo CD's pods. For Git, Argo CD prefers any other credential; for
 * charts, it prefers the identity to user name and password. It does not use the identity for artifacts
 * of type `oci`. A chart's URL must have no scheme, so the chart must be in an OCI registry.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go GetGitCreds, GetHelmCreds, GetOCICreds
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/helm/creds.go GetAccessToken
 */
export const azureWorkloadIdentity: CredentialKind<AzureWorkloadIdentity, typeof fields> = {
  name: "azure_workload_identity",
  fields,
  types: ["git", "helm"],
  unfit: (url, type) =>
    type === "helm" && !url.oci ? "needs a URL of an OCI registry" : byHttps(url, type),
  parse: () => yes({ kind: "azure_workload_identity" }),
  keys: {
    useAzureWorkloadIdentity: {
      field: fields.use_azure_workload_identity,
      of: () => "true",
      isOwn: true,
      // https://pkg.go.dev/strconv#ParseBool
      isSet: (text) => ["1", "t", "T", "true", "TRUE", "True"].includes(text),
    },
  },
  verifyWith: () => "only Argo CD's pods have the identity; it cannot be verified from here",
  examples: {
    azure_workload_identity: example("Azure DevOps with the workload identity of Argo CD's pods", {
      ...GIT,
      name: "azure",
      url: "https://dev.azure.com/your-org/your-project/_git/app",
      use_azure_workload_identity: true,
    }),
  },
};
