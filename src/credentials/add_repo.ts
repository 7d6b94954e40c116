import type { AddServices, AddSettings, NotAccepted } from "./adding.ts";
import {
  type RepositoryRequest,
  repositorySecrets,
  type RepositoryType,
  type SecretKind,
} from "./kinds/repository.ts";
import { secretOf } from "./kinds/repository_credential.ts";
import { namesOf } from "./kinds/repository_names.ts";
import type { SpelledUrl } from "./kinds/url.ts";
import type { ClusterNotFound } from "./stores.ts";
import type { WriteVerdict } from "./write.ts";
import { isAccepted, type Verified, verifyRepo } from "./verify_credential.ts";
import { writeToCluster } from "./write_to_cluster.ts";
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

export interface RepoAdded {
  readonly kind: "repo";
  readonly cluster: string;
  readonly name: string;
  readonly type: RepositoryType;
  readonly as: SecretKind;
  readonly places: readonly RepoPlace[];
  readonly verdict: WriteVerdict;
  /** What came of trying it; empty when it was not asked for. */
  readonly verified: readonly Verified[];
}

/** Writes one secret a URL, all with one credential, where Argo CD looks for them. */
export async function addRepo(
  request: AddRepo,
  { argocdNamespace }: AddSettings,
  services: AddServices,
): Promise<RepoAdded | NotAccepted | ClusterNotFound> {
  const { cluster, name, type, as, urls, credential, clientCertificate } = request;
  const verified = request.verify ? await verifyRepo(request, services.verifyOne) : [];
  if (!isAccepted(verified)) return { kind: "not_accepted", verified, hints: [] };
  const names = namesOf(name, urls.map(({ url }) => url.url));
  const places: RepoPlace[] = [];
  const secrets = urls.flatMap((each, i) => {
    const made = repositorySecrets({ ...request, argocdNamespace }, names[i]!, each.url);
    const index = places.reduce(
      (sum, { templateIndex }) => sum + (templateIndex === undefined ? 1 : 2),
      0,
    );
    places.push({
      ...each,
      name: names[i]!,
      index,
      ...(made.template === undefined ? {} : { templateIndex: index + 1 }),
    });
    return made.template === undefined ? [made.secret] : [made.secret, made.template];
  });
  const verdict = await writeToCluster({
    ...request,
    secrets,
    permissions: request,
    kind: type,
    credential: credential === undefined ? clientCertificate?.key : secretOf(credential),
  }, services);
  if (verdict.kind === "cluster_not_found") return verdict;
  return { kind: "repo", cluster, name, type, as, places, verdict, verified };
}
