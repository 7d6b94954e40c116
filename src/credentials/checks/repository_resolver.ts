import { refKey, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { type ArgocdSecret, argocdSecrets } from "../explain/argocd_secret.ts";
import { FoundByUrl, type Resolution } from "../explain/resolve.ts";

/** Resolves Argo CD's repository and template secrets of one cluster as Argo CD does. */
export interface RepositoryResolver {
  /** `undefined` for a secret that Argo CD does not read as a repository or template. */
  secret(ref: SecretRef): ArgocdSecret | undefined;
  /** A repository, completed with what it inherits from a template. */
  resolved(repository: ArgocdSecret): Resolution | undefined;
  /** The first repository that uses a template's credential; `undefined` where none does. */
  userOf(template: ArgocdSecret): Resolution | undefined;
}

/**
 * @param argocd all repositories and templates of a cluster; a secret that is about to be rewritten is passed in
 * its new form
 */
export function repositoryResolver(argocd: readonly StoredSecret[]): RepositoryResolver {
  const all = argocdSecrets(argocd);
  const byRef = new Map(all.map((each) => [refKey(each.ref), each]));
  const found = new Map([false, true].map((isWrite) => [isWrite, new FoundByUrl(all, isWrite)]));
  let users: Map<ArgocdSecret, Resolution> | undefined;

  function resolved(secret: ArgocdSecret): Resolution | undefined {
    return found.get(secret.isWrite)!.resolveAs(secret);
  }

  /** The first repository of each template that is used. */
  function allUsers(): Map<ArgocdSecret, Resolution> {
    const first = new Map<ArgocdSecret, Resolution>();
    for (const each of all) {
      if (each.kind !== "repository" || each.hasOwnCredential) continue;
      const resolution = resolved(each);
      const template = resolution?.template;
      const isRead = template !== undefined && resolution!.failed === undefined;
      if (isRead && !first.has(template)) first.set(template, resolution!);
    }
    return first;
  }

  return {
    secret: (ref) => byRef.get(refKey(ref)),
    resolved,
    userOf: (template) => (users ??= allUsers()).get(template),
  };
}
