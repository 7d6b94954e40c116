/** A private registry of Amazon ECR. */
export interface EcrRegistry {
  readonly account: string;
  readonly region: string;
}

/**
 * Also by its dual-stack name, and with the endpoint for FIPS.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
 * @see ecrPattern in ecr-login/api/client.go of https://github.com/awslabs/amazon-ecr-credential-helper
 */
const HOST =
  /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9][a-z0-9-]*)\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn))$/;

/** @param host without port */
export function ecrRegistry(host: string): EcrRegistry | undefined {
  const match = HOST.exec(host.toLowerCase());
  return match ? { account: match[1]!, region: match[2]! } : undefined;
}

/**
 * What to know about a credential for ECR; undefined for another registry.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export function ecrHint(host: string, username: string): string | undefined {
  const registry = ecrRegistry(host);
  if (registry === undefined) return undefined;
  const expiry =
    "A password of Amazon ECR is valid for 12 hours; write it anew before, with what " +
    `'aws ecr get-login-password --region ${registry.region}' prints`;
  return username === "AWS" ? expiry : `The user name for Amazon ECR must be AWS. ${expiry}`;
}
