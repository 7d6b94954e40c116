import { ECR_HOST } from "../kinds/oci_hosts.ts";

/**
 * Whose a private registry of Amazon ECR is, and where.
 * @param host without port
 */
export function ecrRegistry(host: string) {
  const { account, region } = ECR_HOST.exec(host.toLowerCase())?.groups ?? {};
  return account !== undefined && region !== undefined ? { account, region } : undefined;
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
