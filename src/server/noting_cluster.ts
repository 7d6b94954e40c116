import type { UseCases } from "./endpoint.ts";

/** The use-cases, which tell what cluster they are asked for. */
export function notingCluster(useCases: UseCases, note: (cluster: string) => void): UseCases {
  return {
    ...useCases,
    listSecrets(cluster) {
      note(cluster);
      return useCases.listSecrets(cluster);
    },
    showSecret(request) {
      note(request.cluster);
      return useCases.showSecret(request);
    },
    addDocker(request) {
      note(request.cluster);
      return useCases.addDocker(request);
    },
    addRepo(request) {
      note(request.cluster);
      return useCases.addRepo(request);
    },
    removeSecrets(request) {
      note(request.cluster);
      return useCases.removeSecrets(request);
    },
  };
}
