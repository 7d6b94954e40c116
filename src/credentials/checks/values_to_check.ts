import { refKey, type StoredSecret } from "../../kube/store.ts";
import { type CredentialValue, valuesIn } from "../values.ts";
import { type RepositoryResolver, repositoryResolver } from "./repository_resolver.ts";
import { repositoryTarget } from "./repository_target.ts";
import { loginTargets } from "./login_targets.ts";
import type { CheckTarget, ValueToCheck } from "./check_target.ts";

/**
 * The credentials in a secret, in the order of `valuesIn`, each with its check target: its registry, repository or
 * proxy, with the transport that the secret configures. No request is sent.
 * @param resolver of Argo CD's secrets of the same cluster, this one included: a template is checked at a repository
 * that uses it, and a repository with what it inherits from a template. @default of this secret alone
 */
export function valuesToCheck(
  secret: StoredSecret,
  resolver: RepositoryResolver = repositoryResolver([secret]),
): ValueToCheck[] {
  const values = valuesIn(secret);
  if (values.length === 0) return [];
  const ofEntry = loginTargets(secret);
  const argocd = resolver.secret(secret);
  const where = (value: CredentialValue): CheckTarget => {
    if (value.registry !== undefined || value.key.startsWith(".dockerc")) return ofEntry(value);
    if (argocd !== undefined) return repositoryTarget(argocd, value, resolver);
    return { at: secret.name, notTried: "The secret does not say where the value is used" };
  };
  return values.map((value) => {
    const found = where(value);
    // A URL or a registry may be empty.
    return { ...value, ...found, at: found.at || secret.name };
  });
}

/** A secret, and where its values are checked. */
export interface SecretToCheck {
  readonly secret: StoredSecret;
  readonly values: readonly ValueToCheck[];
}

/** {@link valuesToCheck} for all secrets of a cluster, each once: a repository may have a docker label, too. */
export function allValuesToCheck(
  { argocd, pullSecrets }: {
    readonly argocd: readonly StoredSecret[];
    readonly pullSecrets: readonly StoredSecret[];
  },
): SecretToCheck[] {
  const resolver = repositoryResolver(argocd);
  const byRef = new Map([...argocd, ...pullSecrets].map((secret) => [refKey(secret), secret]));
  return [...byRef.values()].map((secret) => ({ secret, values: valuesToCheck(secret, resolver) }));
}
