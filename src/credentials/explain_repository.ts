import { deadlineIn } from "../kube/deadline.ts";
import { KubeError } from "../kube/errors.ts";
import type { SecretStore } from "../kube/store.ts";
import { explainRepository, type RepositoryExplanation } from "./explain/repository.ts";
import { SECRET_TYPE_LABEL } from "./kinds/repository_credential.ts";
import type { ListFailed } from "./list.ts";

export interface ExplainRepository {
  readonly cluster: string;
  /** The Application's `repoURL`. */
  readonly url: string;
  /** The Application's project. */
  readonly project: string;
}

export interface ExplainRepositoryDeps {
  readonly store: SecretStore;
  readonly seconds: number;
  /** Argo CD's namespace in that cluster. */
  readonly argocdNamespace: string;
}

export interface ExplainRepositoryResult {
  readonly kind: "repository_explained";
  readonly cluster: string;
  readonly explanation: RepositoryExplanation;
}

/**
 * Explains which secret Argo CD uses for a repoURL, from one list of its repositories and templates.
 * Values never leave this process.
 */
export async function explainRepositoryUrl(
  { cluster, url, project }: ExplainRepository,
  { store, seconds, argocdNamespace: namespace }: ExplainRepositoryDeps,
): Promise<ExplainRepositoryResult | ListFailed> {
  const selector = `${SECRET_TYPE_LABEL} in (repo-creds,repository)`;
  try {
    const secrets = await store.listData({ selector, namespace }, deadlineIn(seconds));
    const explanation = explainRepository(secrets, url, project);
    return { kind: "repository_explained", cluster, explanation };
  } catch (error) {
    if (error instanceof KubeError) return { kind: "failed", cluster, error, seconds };
    throw error;
  }
}
