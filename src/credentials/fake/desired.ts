import { seal } from "../../log/sealed.ts";
import { dockerSecrets, type DockerSecretsRequest } from "../kinds/docker.ts";
import type { DesiredSecret } from "../kinds/desired_secret.ts";
import { type RepositoryRequest, repositorySecrets } from "../kinds/repository.ts";
import { parseUrl } from "../kinds/repository_url.ts";

/** Desired secrets for tests of the write. */

export const ARGOCD = "argocd";

export const LABELS: Readonly<Record<string, string>> = {
  "mcops.tech/secret-type": "docker-creds",
};

/** A pull secret for the namespaces a, b, c and d, and Argo CD's. */
export function pullSecrets(
  password = "new",
  more: Partial<DockerSecretsRequest> = {},
): DesiredSecret[] {
  return dockerSecrets({
    name: "pull",
    namespaces: ["a", "b", "c", "d"],
    argocdNamespace: ARGOCD,
    credentials: [{ registry: "ghcr.io", username: "user", password: seal(password) }],
    merge: false,
    gitWriteBack: false,
    labels: LABELS,
    ...more,
  });
}

export interface Repo extends Partial<RepositoryRequest> {
  readonly name?: string;
  readonly url?: string;
  readonly password?: string;
}

/** A repository with a password, and its template if its URL has one. */
export function repoSecrets(
  { name = "repo", url = "https://charts.example.com/x", password = "new", ...more }: Repo = {},
): DesiredSecret[] {
  const request: RepositoryRequest = {
    as: "repository",
    type: "helm",
    argocdNamespace: ARGOCD,
    credential: { kind: "password", username: "user", password: seal(password) },
    options: {},
    template: true,
    ...more,
  };
  const parsed = parseUrl(url, request);
  if (!parsed.ok) throw new Error(`${url} ${parsed.why}`);
  const { secret, template } = repositorySecrets(request, name, parsed.value);
  return template === undefined ? [secret] : [secret, template];
}
