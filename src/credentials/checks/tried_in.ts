import type { SecretRef, StoredSecret } from "../../kube/store.ts";
import { type CredentialValue, valuesIn, type ValuesOf } from "../values.ts";
import { type Around, aroundOf } from "./around.ts";
import { triedInRepository } from "./tried_in_repository.ts";
import { triedLogins } from "./tried_login.ts";
import type { TriedValue, Where } from "./tried_value.ts";

/** What is looked at of a secret. */
export type TriedSecret = ValuesOf & SecretRef;

/**
 * The credentials in a secret, each with where and how it would be tried: at its registry, repository or
 * proxy, by the way that the secret says. In the order of `valuesIn`. Nothing is asked.
 * @param around Argo CD's secrets of the same cluster, this one among them: a template is tried at a
 * repository that uses it, and a repository with what a template gives it. @default this one alone
 */
export function triedIn(secret: StoredSecret, around: Around = aroundOf([secret])): TriedValue[] {
  const values = valuesIn(secret);
  if (values.length === 0) return [];
  const ofEntry = triedLogins(secret);
  const argocd = around.secret(secret);
  const where = (value: CredentialValue): Where => {
    if (value.registry !== undefined || value.key.startsWith(".dockerc")) return ofEntry(value);
    if (argocd !== undefined) return triedInRepository(argocd, value, around);
    return { at: secret.name, notTried: "the secret does not say where it is used" };
  };
  return values.map((value) => {
    const found = where(value);
    // A URL, or a registry, may be empty.
    return { ...value, ...found, at: found.at || secret.name };
  });
}

/** A secret, and where its values would be tried. */
export interface TriedOf {
  readonly secret: StoredSecret;
  readonly values: readonly TriedValue[];
}

/** {@link triedIn} for all secrets of a cluster. */
export function triedInAll(
  { argocd, pullSecrets }: {
    readonly argocd: readonly StoredSecret[];
    readonly pullSecrets: readonly StoredSecret[];
  },
): TriedOf[] {
  const around = aroundOf(argocd);
  return [...argocd, ...pullSecrets].map((secret) => ({ secret, values: triedIn(secret, around) }));
}
