import type { Attempt, Outcome } from "../audit/entry.ts";
import { deadlineIn } from "../kube/deadline.ts";
import {
  type PullSecretUse,
  refKey,
  refOf,
  type SecretRef,
  type SecretSummary,
} from "../kube/store.ts";
import { gitWriteBackName } from "./kinds/docker.ts";
import { MANAGED_BY, MANAGED_BY_LABEL } from "./kinds/desired_secret.ts";
import { exactName, templateName } from "./kinds/repository.ts";
import { type NamedSettings, secretsNamed } from "./named.ts";
import { accountsOf, NOT_THERE, outcomeOfRemoval, placesOf } from "./outcome.ts";
import { remove, type RemoveVerdict } from "./write/removal.ts";
import { unable } from "./write/verdict.ts";
import type { Writer, WriteServices } from "./writer.ts";

export interface RemoveSecrets extends Writer {
  readonly cluster: string;
  readonly name: string;
  /** @default all namespaces that argocd-configurer wrote the secret to */
  readonly namespaces?: readonly string[];
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface RemoveSecretsResult {
  readonly kind: "secrets_removed";
  readonly cluster: string;
  readonly name: string;
  readonly verdict: RemoveVerdict | { readonly kind: "not_there" };
  /** Requested namespaces that do not have the secret. */
  readonly absent: readonly string[];
  readonly warnings: readonly string[];
}

/** The attempt for the audit log, before the secrets to delete are known. */
export function removalAttempt(request: RemoveSecrets): Attempt {
  const { writeId, requestId, actor, cluster, name, namespaces = [], force, dryRun } = request;
  return {
    ...{ writeId, requestId, actor, cluster, kind: "delete", upsert: false, force, dryRun },
    names: [name],
    namespaces,
  };
}

export function removalOutcome({ verdict }: RemoveSecretsResult): Outcome {
  return verdict.kind === "not_there" ? NOT_THERE : outcomeOfRemoval(verdict);
}

/**
 * Deletes a credential: the secret in the requested namespaces, or wherever argocd-configurer wrote it.
 * Secrets that the same write created beside it in Argo CD's namespace are deleted, too: the template of
 * a repository, the repository of a template, and the secret that Image Updater commits with.
 */
export async function removeSecrets(
  request: RemoveSecrets,
  settings: NamedSettings,
  services: WriteServices,
): Promise<RemoveSecretsResult> {
  const { cluster, name, namespaces, force, dryRun } = request;
  const { store, begin } = services;
  const done = (
    verdict: RemoveSecretsResult["verdict"],
    warnings: readonly string[] = [],
    absent: readonly string[] = [],
  ) => ({ kind: "secrets_removed", cluster, name, verdict, absent, warnings }) as const;
  let refs: SecretRef[];
  let warnings: readonly string[];
  let absent: string[];
  try {
    const deadline = deadlineIn(services.seconds);
    // Where listing all namespaces is forbidden, the requested namespaces are listed.
    const places = { ...settings, dockerNamespaces: namespaces ?? settings.dockerNamespaces };
    const looking = (each: string) => secretsNamed(each, places, store, deadline);
    const [own, ...beside] = await Promise.all([name, ...besides(name)].map(looking));
    const here = own!.secrets.filter((secret) =>
      namespaces === undefined ? isWrittenByUs(secret) : namespaces.includes(secret.namespace)
    );
    const main = here.find(({ namespace }) => namespace === settings.argocdNamespace);
    const others = beside.flatMap(({ secrets }) => secrets)
      .filter((secret) => main !== undefined && isBeside(main, secret));
    const companions = others.filter(({ annotation }) => annotation === main?.annotation);
    refs = [...here, ...companions].map(refOf);
    warnings = [
      ...own!.warnings,
      ...others.filter((each) => !companions.includes(each)).map(staysWarning),
    ];
    absent = (namespaces ?? []).filter((each) => here.every(({ namespace }) => namespace !== each));
  } catch (error) {
    return done(unable(error));
  }
  if (refs.length === 0) return done({ kind: "not_there" }, warnings, absent);
  const found = placesOf(refs);
  try {
    // The record must name the service accounts, so it waits until they are read.
    const beforeChange = (uses: readonly PullSecretUse[]) =>
      begin({ ...found, serviceAccounts: accountsOf(uses) });
    const verdict = await remove({ refs, force, dryRun, beforeChange }, services);
    return done(verdict, warnings, absent);
  } finally {
    await begin(found); // no-op unless the removal failed before `beforeChange`
  }
}

/** Names of the secrets that a write may create beside a secret of this name. */
function besides(name: string): string[] {
  return [templateName(name), exactName(name), gitWriteBackName(name)];
}

function isWrittenByUs({ labels, annotation }: SecretSummary): boolean {
  return labels[MANAGED_BY_LABEL] === MANAGED_BY || annotation !== undefined;
}

/** Whether argocd-configurer wrote `secret`, in the namespace of `main` under another name. */
function isBeside(main: SecretSummary, secret: SecretSummary): boolean {
  return refKey(main) !== refKey(secret) && secret.namespace === main.namespace &&
    secret.annotation !== undefined;
}

/**
 * Two secrets of one write have the same write id until one of them is written alone. From then on it
 * may belong to somebody else's credential, so it is not deleted.
 */
function staysWarning({ namespace, name }: SecretSummary): string {
  return `Secret ${namespace}/${name} was last written by another request and was not deleted; ` +
    "delete it by its own name";
}
