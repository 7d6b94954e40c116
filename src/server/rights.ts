import { type Identity, includesRole, mayUseCluster, type Role } from "../tokens/rights.ts";
import type { UseCases } from "./endpoint.ts";
import { HttpError } from "./http_error.ts";

/** @throws {HttpError} 403 that says which right is missing */
export function checkRole({ name, role }: Identity, needed: Role): void {
  if (includesRole(role, needed)) return;
  throw new HttpError(403, `Token '${name}' has the role ${role}; this needs ${needed}`);
}

/**
 * The use-cases as this identity may use them: none gets to a cluster that it is not for, whichever
 * endpoint asks, and the others are not even named. Each use-case is named here, so that a new one is
 * not forgotten: those not named are not there.
 */
export function limitedTo(identity: Identity, useCases: UseCases): UseCases {
  const { name, clusters } = identity;
  if (clusters === undefined) return useCases;
  const check = (cluster: string) => {
    if (mayUseCluster(identity, cluster)) return;
    throw new HttpError(
      403,
      `Token '${name}' is not for cluster '${cluster}', only for ${clusters.join(", ")}`,
      {},
      cluster,
    );
  };
  return {
    async clusterNames() {
      return (await useCases.clusterNames()).filter((each) => mayUseCluster(identity, each));
    },
    async listSecrets(cluster) {
      check(cluster);
      return await useCases.listSecrets(cluster);
    },
    async addDocker(request) {
      check(request.cluster);
      return await useCases.addDocker(request);
    },
    async showSecret(request) {
      check(request.cluster);
      return await useCases.showSecret(request);
    },
    async addRepo(request) {
      check(request.cluster);
      return await useCases.addRepo(request);
    },
    async removeSecrets(request) {
      check(request.cluster);
      return await useCases.removeSecrets(request);
    },
    // These ask registries and servers of repositories, not a cluster.
    verifyDocker: (credentials) => useCases.verifyDocker(credentials),
    verifyRepo: (request) => useCases.verifyRepo(request),
  };
}
