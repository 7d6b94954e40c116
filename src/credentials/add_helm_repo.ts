import type { Sealed } from "../log/sealed.ts";
import type { Actor } from "./actor.ts";
import type { AddSettings } from "./add_docker.ts";
import { helmRepositorySecrets } from "./kinds/repository.ts";
import type { RepositoryUrl } from "./kinds/url.ts";
import type { ClusterNotFound } from "./stores.ts";
import type { WriteVerdict } from "./write.ts";
import { type WriteServices, writeToCluster } from "./write_to_cluster.ts";

export interface AddHelmRepo {
  readonly cluster: string;
  readonly name: string;
  /** As the user spelled it, for the answer. */
  readonly spelledUrl: string;
  readonly url: RepositoryUrl;
  readonly username: string;
  readonly password: Sealed<string>;
  /** Whether to write the template too, where the URL has one. */
  readonly template: boolean;
  readonly upsert: boolean;
  readonly force: boolean;
  readonly writeId: string;
  /** For the record. */
  readonly requestId: string;
  readonly actor: Actor;
}

export interface HelmRepoAdded {
  readonly kind: "helm_repo";
  readonly cluster: string;
  readonly name: string;
  readonly spelledUrl: string;
  readonly url: RepositoryUrl;
  readonly argocdNamespace: string;
  /** The repository first, then the template if there is one. */
  readonly verdict: WriteVerdict;
}

/** Writes a Helm repository credential where Argo CD looks for it. */
export async function addHelmRepo(
  request: AddHelmRepo,
  { argocdNamespace }: AddSettings,
  services: WriteServices,
): Promise<HelmRepoAdded | ClusterNotFound> {
  const { cluster, name, spelledUrl, url, writeId, requestId, actor } = request;
  const secrets = helmRepositorySecrets({ ...request, argocdNamespace });
  const verdict = await writeToCluster(
    {
      cluster,
      secrets,
      permissions: request,
      writeId,
      requestId,
      actor,
      kind: "helm",
      credential: request.password,
    },
    services,
  );
  if (verdict.kind === "cluster_not_found") return verdict;
  return { kind: "helm_repo", cluster, name, spelledUrl, url, argocdNamespace, verdict };
}
