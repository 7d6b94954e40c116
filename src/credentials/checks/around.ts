import { refKey, type SecretRef, type StoredSecret } from "../../kube/store.ts";
import { type ArgocdSecret, argocdSecrets } from "../explain/argocd_secret.ts";
import { FoundByUrl, type Resolution } from "../explain/resolve.ts";

/** Argo CD's secrets of one cluster, as they complete each other. */
export interface Around {
  /** `undefined` for one that Argo CD does not read for repositories. */
  secret(ref: SecretRef): ArgocdSecret | undefined;
  /** What Argo CD makes of a repository, with what a template gives it. */
  resolved(repository: ArgocdSecret): Resolution | undefined;
  /** The first repository that gets its credential from a template; `undefined` where none does. */
  userOf(template: ArgocdSecret): Resolution | undefined;
}

/**
 * @param argocd all repositories and templates of a cluster; what is to be tried in another form than the
 * stored one is given in that form
 */
export function aroundOf(argocd: readonly StoredSecret[]): Around {
  const all = argocdSecrets(argocd);
  const byRef = new Map(all.map((each) => [refKey(each.ref), each]));
  const found = new Map([false, true].map((isWrite) => [isWrite, new FoundByUrl(all, isWrite)]));
  let users: Map<ArgocdSecret, Resolution> | undefined;

  function resolved(secret: ArgocdSecret): Resolution | undefined {
    return found.get(secret.isWrite)!.resolve(secret.url, secret.project)
      .find(({ repository }) => repository === secret);
  }

  /** Of each template that has any. */
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
