import type { Sealed } from "../log/sealed.ts";
import type { Actor } from "./actor.ts";
import { dockerSecrets } from "./kinds/docker.ts";
import type { ClusterNotFound } from "./stores.ts";
import type { WriteVerdict } from "./write.ts";
import { type WriteServices, writeToCluster } from "./write_to_cluster.ts";

export interface AddDocker {
  readonly cluster: string;
  readonly name: string;
  readonly namespaces: readonly string[];
  readonly registry: string;
  readonly username: string;
  readonly password: Sealed<string>;
  readonly gitWriteBack: boolean;
  readonly upsert: boolean;
  readonly force: boolean;
  readonly writeId: string;
  /** For the record. */
  readonly requestId: string;
  readonly actor: Actor;
}

export interface AddSettings {
  readonly argocdNamespace: string;
  readonly dockerLabels: Readonly<Record<string, string>>;
}

export interface DockerAdded {
  readonly kind: "docker";
  readonly cluster: string;
  readonly name: string;
  /** Where it was to be written: as asked for, and Argo CD's. */
  readonly namespaces: readonly string[];
  readonly verdict: WriteVerdict;
}

/** Writes a docker credential as a pull secret into every namespace, and into Argo CD's. */
export async function addDocker(
  request: AddDocker,
  { argocdNamespace, dockerLabels }: AddSettings,
  services: WriteServices,
): Promise<DockerAdded | ClusterNotFound> {
  const { cluster, name, namespaces, registry, username, password } = request;
  const { writeId, requestId, actor } = request;
  const secrets = dockerSecrets({
    name,
    namespaces,
    argocdNamespace,
    credential: { registry, username, password },
    gitWriteBack: request.gitWriteBack,
    labels: dockerLabels,
  });
  const verdict = await writeToCluster(
    {
      cluster,
      secrets,
      permissions: request,
      writeId,
      requestId,
      actor,
      kind: "docker",
      credential: password,
    },
    services,
  );
  if (verdict.kind === "cluster_not_found") return verdict;
  const written = [...namespaces, argocdNamespace];
  return { kind: "docker", cluster, name, namespaces: written, verdict };
}
