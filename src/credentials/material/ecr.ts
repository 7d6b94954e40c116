import { ECR_HOST } from "../kinds/oci_hosts.ts";

/**
 * The account and region of a private Amazon ECR registry; `undefined` for another registry.
 * @param host without port
 */
export function ecrRegistry(host: string) {
  const { account, region } = ECR_HOST.exec(host.toLowerCase())?.groups ?? {};
  return account !== undefined && region !== undefined ? { account, region } : undefined;
}

/**
 * A hint about a credential for Amazon ECR; `undefined` for another registry.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export function ecrHint(host: string, username: string): string | undefined {
  const registry = ecrRegistry(host);
  if (registry === undefined) return undefined;
  const expiry = "Amazon ECR passwords expire after 12 hours; write a new one before then, from " +
    `'aws ecr get-login-password --region ${registry.region}'`;
  return username === "AWS" ? expiry : `The user name for Amazon ECR must be AWS. ${expiry}`;
}
