/** Registries that serve charts as OCI artifacts and in no other way. */
export interface OciHosts {
  readonly what: string;
  /** Of the whole host in lower case, without port. */
  readonly host: RegExp;
  /** What says that these are its hosts, or that it serves nothing else. */
  readonly sources: readonly string[];
}

/**
 * A private registry of Amazon ECR by each of its names: `ACCOUNT.dkr.ecr.REGION.SUFFIX`, the same
 * for FIPS, and the dual-stack ones (`dkr-ecr`, `on.aws`). The suffixes are those of the partitions:
 * all regions but the following, China, the European Sovereign Cloud, and the four isolated ones.
 */
export const ECR_HOST = new RegExp(
  "^(?<account>\\d{12})\\.dkr[.-]ecr(?:-fips)?\\.(?<region>[a-z0-9][a-z0-9-]*)\\.(?:" +
    "amazonaws\\.com|on\\.aws|" +
    "amazonaws\\.com\\.cn|on\\.amazonwebservices\\.com\\.cn|" +
    "amazonaws\\.eu|on\\.amazonwebservices\\.eu|" +
    "c2s\\.ic\\.gov|on\\.aws\\.ic\\.gov|" +
    "sc2s\\.sgov\\.gov|on\\.aws\\.scloud|" +
    "cloud\\.adc-e\\.uk|on\\.cloud-aws\\.adc-e\\.uk|" +
    "csp\\.hci\\.ic\\.gov|on\\.aws\\.hci\\.ic\\.gov)$",
);

export const OCI_HOSTS: readonly OciHosts[] = [
  {
    what: "GitHub",
    host: /^ghcr\.io$/,
    sources: [
      "https://docs.github.com/en/packages/working-with-a-github-packages-registry/" +
      "working-with-the-container-registry",
    ],
  },
  {
    what: "Docker Hub",
    host: /^((index\.|registry-1\.)?docker\.io)$/,
    sources: [
      "https://docs.docker.com/registry/",
      "https://github.com/distribution/reference/blob/v0.6.0/normalize.go",
    ],
  },
  {
    what: "Amazon ECR",
    host: ECR_HOST,
    sources: [
      "https://docs.aws.amazon.com/general/latest/gr/ecr.html",
      "https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html",
      // ecrPattern
      "https://github.com/awslabs/amazon-ecr-credential-helper/blob/2a415207a26f/ecr-login/api/" +
      "client.go",
      // The dual-stack names of the isolated partitions too: ecrRegex
      "https://github.com/renovatebot/renovate/blob/main/lib/modules/datasource/docker/ecr.ts",
    ],
  },
  {
    what: "Amazon ECR Public",
    host: /^(public\.ecr\.aws|ecr-public\.aws\.com)$/,
    sources: [
      "https://docs.aws.amazon.com/AmazonECR/latest/public/public-ecr-requests.html",
      "https://docs.aws.amazon.com/general/latest/gr/ecr-public.html",
    ],
  },
  {
    what: "Azure Container Registry",
    // The clouds of China, the US government and, until 2021, Germany; one region of a registry.
    host: /^[a-z0-9-]+(\.[a-z0-9-]+\.geo)?\.azurecr\.(io|cn|us|de)$/,
    sources: [
      // Its chart repositories of another kind were deleted in 2025.
      "https://learn.microsoft.com/en-us/cli/azure/acr/helm",
      // containerRegistryUrls
      "https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/" +
      "credentialprovider/azure_credentials.go",
      "https://github.com/Azure/azure-cli-extensions/blob/main/src/acrregionalendpoint/README.rst",
    ],
  },
  {
    what: "Google Artifact Registry",
    host: /^(([a-z0-9-]+\.)*pkg\.dev|((us|eu|asia)\.)?gcr\.io)$/,
    sources: [
      "https://docs.cloud.google.com/artifact-registry/docs/helm",
      "https://docs.cloud.google.com/artifact-registry/docs/transition/gcr-repositories",
    ],
  },
  {
    what: "Quay",
    host: /^quay\.io$/,
    sources: [
      "https://access.redhat.com/documentation/en-us/red_hat_quay/3.5/html/" +
      "deploy_red_hat_quay_for_proof-of-concept_non-production_purposes/helm-oci-quay",
    ],
  },
  {
    what: "GitLab's container registry",
    // Its chart repositories are below gitlab.com/api/v4.
    host: /^registry\.gitlab\.com$/,
    sources: ["https://docs.gitlab.com/user/packages/helm_repository/"],
  },
];

/** @param host without port, in lower case */
export function servesOnlyOci(host: string): boolean {
  return OCI_HOSTS.some((each) => each.host.test(host));
}
