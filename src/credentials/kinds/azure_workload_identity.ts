import { z } from "@hono/zod-openapi";
import { open } from "../../fields/field.ts";
import { yes } from "../material/checked.ts";
import { byHttps, type CredentialKind, example, GIT } from "./credential_kind.ts";

export interface AzureWorkloadIdentity {
  readonly kind: "azure_workload_identity";
}

const fields = {
  use_azure_workload_identity: open(
    z.literal(true, "must be true, or absent").optional(),
    "Use the identity that Azure gives to Argo CD's own pods, in place of a credential " +
      "(Git by HTTPS; charts in an OCI registry)",
  ),
};

/**
 * The identity of Argo CD's pods. For Git any other credential goes before it, for charts it goes
 * before user name and password, and artifacts of type oci are not read with it; a registry is found by
 * the beginning of a URL without scheme.
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/pkg/apis/application/v1alpha1/repository_types.go GetGitCreds, GetHelmCreds, GetOCICreds
 * @see https://github.com/argoproj/argo-cd/blob/v3.5.6/util/helm/creds.go GetAccessToken
 */
export const azureWorkloadIdentity: CredentialKind<AzureWorkloadIdentity, typeof fields> = {
  name: "azure_workload_identity",
  fields,
  types: ["git", "helm"],
  unfit: (url, type) =>
    type === "helm" && !url.oci ? "needs a URL of an OCI registry" : byHttps(url, type),
  understand: () => yes({ kind: "azure_workload_identity" }),
  keys: {
    useAzureWorkloadIdentity: {
      field: fields.use_azure_workload_identity,
      of: () => "true",
      isOwn: true,
      // https://pkg.go.dev/strconv#ParseBool
      isSet: (text) => ["1", "t", "T", "true", "TRUE", "True"].includes(text),
    },
  },
  tried: () => "only Argo CD's own pods have the identity; it is not tried",
  examples: {
    azure_workload_identity: example("Azure DevOps with the identity of Argo CD's own pods", {
      ...GIT,
      name: "azure",
      url: "https://dev.azure.com/your-org/your-project/_git/app",
      use_azure_workload_identity: true,
    }),
  },
};
