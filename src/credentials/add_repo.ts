import type { Attempt, Outcome } from "../audit/entry.ts";
import type { AddServices, AddSettings, NotAccepted } from "./adding.ts";
import type { RepositoryType, SecretKind } from "./kinds/credential_kind.ts";
import type { DesiredSecret } from "./kinds/kind.ts";
import { type RepositoryRequest, repositorySecrets } from "./kinds/repository.ts";
import { namesOf } from "./kinds/repository_names.ts";
import type { SpelledUrl } from "./kinds/url.ts";
import { NOT_ACCEPTED, outcomeOfWrite, placesOf } from "./outcome.ts";
import { write, type WriteVerdict } from "./write.ts";
import { refsOf } from "./write/planning.ts";
import { isAccepted, type Verified, verifyRepo } from "./verify_credential.ts";
import type { Writer } from "./writer.ts";

export interface AddRepo extends Writer, Omit<RepositoryRequest, "argocdNamespace"> {
  readonly cluster: string;
  readonly name: string;
  /** At least one, no two of them the same to Argo CD. */
  readonly urls: readonly SpelledUrl[];
  readonly upsert: boolean;
  readonly force: boolean;
  /** Whether the credential is tried first. */
  readonly verify: boolean;
  readonly dryRun: boolean;
}

/** One URL, and where in the verdict its secrets stand. */
export interface RepoPlace extends SpelledUrl {
  /** The secret's name as it was to be. */
  readonly name: string;
  readonly index: number;
  /** Of its template, where there is one. */
  readonly templateIndex?: number;
}

/** There is no Argo CD on the cluster, so nothing was tried. */
export interface NoArgocd {
  readonly kind: "no_argocd";
}

export interface RepoAdded {
  readonly kind: "repo";
  readonly cluster: string;
  readonly name: string;
  readonly type: RepositoryType;
  readonly as: SecretKind;
  readonly places: readonly RepoPlace[];
  /** Names of the secrets as they were to be. */
  readonly asked: readonly string[];
  readonly verdict: WriteVerdict;
  /** What came of trying it; empty when it was not asked for. */
  readonly verified: readonly Verified[];
}

/** What the record says of the attempt. */
export function attemptOf(
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

export function outcomeOf(result: RepoAdded | NotAccepted | NoArgocd): Outcome {
  if (result.kind === "no_argocd") return { outcome: "unable", error: "no_argocd" };
  return result.kind === "not_accepted"
    ? NOT_ACCEPTED
    : outcomeOfWrite(result.verdict, result.asked);
}

/** Writes one secret a URL, all with one credential, where Argo CD looks for them. */
export async function addRepo(
  request: AddRepo,
  settings: AddSettings,
  services: AddServices,
): Promise<RepoAdded | NotAccepted | NoArgocd> {
  const { cluster, name, type, as } = request;
  const { argocdNamespace } = settings;
  if (argocdNamespace === undefined) return { kind: "no_argocd" };
  await services.begin();
  const verified = request.verify
    ? await services.once(() => verifyRepo(request, services.verifyOne))
    : [];
  if (!isAccepted(verified)) return { kind: "not_accepted", verified, hints: [] };
  const { secrets, places } = desired(request, argocdNamespace);
  const { names: asked } = placesOf(secrets.flatMap(refsOf));
  const verdict = await write({ ...request, secrets, permissions: request }, services);
  return { kind: "repo", cluster, name, type, as, places, asked, verdict, verified };
}

/** The secrets of all URLs, and where those of each stand among them. */
function desired(
  request: AddRepo,
  argocdNamespace: string,
): { readonly secrets: readonly DesiredSecret[]; readonly places: readonly RepoPlace[] } {
  const { name, urls } = request;
  const names = namesOf(name, urls.map(({ url }) => url.url));
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
