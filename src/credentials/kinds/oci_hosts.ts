/** The hosts of a registry that serves charts only as OCI artifacts. */
export interface OciHosts {
  readonly what: string;
  /** Matches the whole host in lower case, without port. */
  readonly host: RegExp;
  /** Where the hosts, or that the registry serves only OCI, are documented. */
  readonly sources: readonly string[];
}

/**
 * All host names of private Amazon ECR registries: `ACCOUNT.dkr.ecr.REGION.SUFFIX`, its FIPS form, and
 * the dual-stack forms (`dkr-ecr`, `on.aws`). The suffixes are those of AWS's partitions, in this order:
 * the default, China, the European Sovereign Cloud, and the four isolated partitions.
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
