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
import { MANAGED_BY, MANAGED_BY_LABEL } from "./kinds/kind.ts";
import { exactName, templateName } from "./kinds/repository.ts";
import { type NamedSettings, secretsNamed } from "./named.ts";
import { accountsOf, NOT_THERE, outcomeOfRemoval, placesOf } from "./outcome.ts";
import { remove, type RemoveVerdict } from "./write/removal.ts";
import { unable } from "./write/verdict.ts";
import type { Writer, WriteServices } from "./writer.ts";

export interface RemoveSecrets extends Writer {
  readonly cluster: string;
  readonly name: string;
  /** Absent: all namespaces that this program has written it to. */
  readonly namespaces?: readonly string[];
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface SecretsRemoved {
  readonly kind: "secrets_removed";
  readonly cluster: string;
  readonly name: string;
  readonly verdict: RemoveVerdict | { readonly kind: "not_there" };
  /** Of the namespaces asked for, those that it is not in. */
  readonly absent: readonly string[];
  readonly warnings: readonly string[];
}

/** What the record says of the attempt, before it is known which secrets are meant. */
export function attemptOf(request: RemoveSecrets): Attempt {
  const { writeId, requestId, actor, cluster, name, namespaces = [], force, dryRun } = request;
  return {
    ...{ writeId, requestId, actor, cluster, kind: "delete", upsert: false, force, dryRun },
    names: [name],
    namespaces,
  };
}

export function outcomeOf({ verdict }: SecretsRemoved): Outcome {
  return verdict.kind === "not_there" ? NOT_THERE : outcomeOfRemoval(verdict);
}

/**
 * Deletes a credential: the secret in the namespaces asked for, or wherever this program has written
 * it, and with it what the same write has made beside it in Argo CD's namespace (the template of a
 * repository, the repository of a template, what Image Updater commits with).
 */
export async function removeSecrets(
  request: RemoveSecrets,
  settings: NamedSettings,
  services: WriteServices,
): Promise<SecretsRemoved> {
  const { cluster, name, namespaces, force, dryRun } = request;
  const { store, begin } = services;
  const done = (
    verdict: SecretsRemoved["verdict"],
    warnings: readonly string[] = [],
    absent: readonly string[] = [],
  ) => ({ kind: "secrets_removed", cluster, name, verdict, absent, warnings }) as const;
  let refs: SecretRef[];
  let warnings: readonly string[];
  let absent: string[];
  try {
    const deadline = deadlineIn(services.seconds);
    // Where not all may be listed, those that are named are looked into.
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
    // Recorded when it is read which service accounts use the secrets.
    const beforeChange = (uses: readonly PullSecretUse[]) =>
      begin({ ...found, serviceAccounts: accountsOf(uses) });
    const verdict = await remove({ refs, force, dryRun, beforeChange }, services);
    return done(verdict, warnings, absent);
  } finally {
    await begin(found); // of one that has come to nothing before that
  }
}

/** Names of what is written beside a secret of this name. */
function besides(name: string): string[] {
  return [templateName(name), exactName(name), gitWriteBackName(name)];
}

function isWrittenByUs({ labels, annotation }: SecretSummary): boolean {
  return labels[MANAGED_BY_LABEL] === MANAGED_BY || annotation !== undefined;
}

/** Whether a write of this program's made a secret beside another one, or one like it. */
function isBeside(main: SecretSummary, secret: SecretSummary): boolean {
  return refKey(main) !== refKey(secret) && secret.namespace === main.namespace &&
    secret.annotation !== undefined;
}

/** What one write made is told by its id, which both have until one of them is written alone. */
function staysWarning({ namespace, name }: SecretSummary): string {
  return `Secret '${name}' in namespace '${namespace}' was last written by another request and ` +
    "stays; delete it by its own name";
}
