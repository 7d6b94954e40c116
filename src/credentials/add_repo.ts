import type { Attempt, Outcome } from "../audit/entry.ts";
import type { AddServices, AddSettings, NotAccepted } from "./adding.ts";
import type { RepositoryType, SecretKind } from "./kinds/credential_kind.ts";
import type { DesiredSecret } from "./kinds/desired_secret.ts";
import { type RepositoryRequest, repositorySecrets } from "./kinds/repository.ts";
import { secretNamesFor } from "./kinds/repository_names.ts";
import type { SpelledUrl } from "./kinds/url.ts";
import { NOT_ACCEPTED, outcomeOfWrite, placesOf } from "./outcome.ts";
import { write, type WriteVerdict } from "./write.ts";
import { refsOf } from "./write/planning.ts";
import { isAccepted, type VerificationResult, verifyRepo } from "./verify_credential.ts";
import type { Writer } from "./writer.ts";

export interface AddRepo extends Writer, Omit<RepositoryRequest, "argocdNamespace"> {
  readonly cluster: string;
  readonly name: string;
  /** At least one URL. No two of them are equal to Argo CD. */
  readonly urls: readonly SpelledUrl[];
  readonly upsert: boolean;
  readonly force: boolean;
  /** Whether the credential is verified first. */
  readonly verify: boolean;
  readonly dryRun: boolean;
}

/** One URL, and the indexes of its secrets in the verdict. */
export interface RepoPlace extends SpelledUrl {
  /** The secret's name in the request; another secret may have been written in its place. */
  readonly name: string;
  readonly index: number;
  /** Index of the template; absent where the URL has none. */
  readonly templateIndex?: number;
}

/** The cluster has no Argo CD, so nothing was written. */
export interface NoArgocd {
  readonly kind: "no_argocd";
}

export interface AddRepoResult {
  readonly kind: "repo";
  readonly cluster: string;
  readonly name: string;
  readonly type: RepositoryType;
  readonly as: SecretKind;
  readonly places: readonly RepoPlace[];
  /** Names of the secrets in the request; other secrets may have been written in their place. */
  readonly requestedNames: readonly string[];
  readonly verdict: WriteVerdict;
  /** One result per URL; empty when the request did not ask to verify. */
  readonly verified: readonly VerificationResult[];
}

/** The attempt for the audit log. */
export function repoAttempt(
  request: AddRepo,
  settings: Pick<AddSettings, "argocdNamespace">,
): Attempt {
  const { writeId, requestId, actor, cluster, type, upsert, force, dryRun } = request;
  const { argocdNamespace } = settings;
  return {
    ...{ writeId, requestId, actor, cluster, kind: type, upsert, force, dryRun },
    ...argocdNamespace === undefined
      ? { names: [request.name], namespaces: [] }
      : placesOf(desired(request, argocdNamespace).secrets.flatMap(refsOf)),
    serviceAccounts: [],
  };
}

export function repoOutcome(result: AddRepoResult | NotAccepted | NoArgocd): Outcome {
  if (result.kind === "no_argocd") return { outcome: "unable", error: "no_argocd" };
  return result.kind === "not_accepted"
    ? NOT_ACCEPTED
    : outcomeOfWrite(result.verdict, result.requestedNames);
}

/** Writes one secret per URL to Argo CD's namespace, all with the same credential. */
export async function addRepo(
  request: AddRepo,
  settings: AddSettings,
  services: AddServices,
): Promise<AddRepoResult | NotAccepted | NoArgocd> {
  const { cluster, name, type, as } = request;
  const { argocdNamespace } = settings;
  if (argocdNamespace === undefined) return { kind: "no_argocd" };
  await services.begin();
  const verified = request.verify
    ? await services.once(() => verifyRepo(request, services.verifyOne))
    : [];
  if (!isAccepted(verified)) return { kind: "not_accepted", verified, hints: [] };
  const { secrets, places } = desired(request, argocdNamespace);
  const { names: requestedNames } = placesOf(secrets.flatMap(refsOf));
  const verdict = await write({ ...request, secrets, policy: request }, services);
  return { kind: "repo", cluster, name, type, as, places, requestedNames, verdict, verified };
}

/** The secrets of all URLs, and for each URL the indexes of its secrets among them. */
function desired(
  request: AddRepo,
  argocdNamespace: string,
): { readonly secrets: readonly DesiredSecret[]; readonly places: readonly RepoPlace[] } {
  const { name, urls } = request;
  const names = secretNamesFor(name, urls.map(({ url }) => url.url));
  const secrets: DesiredSecret[] = [];
  const places = urls.map((each, i): RepoPlace => {
    const name = names[i]!;
    const made = repositorySecrets({ ...request, argocdNamespace }, name, each.url);
    const place = { ...each, name, index: secrets.push(made.secret) - 1 };
    if (made.template === undefined) return place;
    return { ...place, templateIndex: secrets.push(made.template) - 1 };
  });
  return { secrets, places };
}
