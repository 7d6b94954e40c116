import type { Attempt, Credentials, Outcome } from "../audit/entry.ts";
import { KubeError } from "../kube/errors.ts";
import type { PullSecretUse } from "../kube/store.ts";
import type { AddServices, AddSettings, NotAccepted } from "./adding.ts";
import { declaredHints } from "./expiry/expiry.ts";
import { dockerSecrets, gitWriteBackName } from "./kinds/docker.ts";
import { type DockerCredential, dockerLogins } from "./kinds/docker_logins.ts";
import { canonicalSealed } from "./material/canonical.ts";
import { MAX_NAMESPACES, type NamespaceSelection, selectNamespaces } from "./namespaces.ts";
import { accountsOf, NOT_ACCEPTED, outcomeOfWrite } from "./outcome.ts";
import { write, type WriteVerdict } from "./write.ts";
import { isAccepted, type VerificationResult, verifyDocker } from "./verify_credential.ts";
import type { Writer, WriteServices } from "./writer.ts";

export interface AddDocker extends Writer {
  readonly cluster: string;
  readonly name: string;
  /** Namespaces given by name; `select` adds to them. */
  readonly namespaces: readonly string[];
  /** Selects further namespaces by label. */
  readonly select?: NamespaceSelection;
  /** One login per registry. */
  readonly credentials: readonly DockerCredential[];
  /** Whether an existing secret keeps its logins for other registries. */
  readonly merge: boolean;
  readonly gitWriteBack: boolean;
  /** Names of service accounts that get the pull secret, in each namespace but Argo CD's. */
  readonly serviceAccounts: readonly string[];
  /** Whether missing namespaces are created. */
  readonly createNamespaces: boolean;
  /** When the credentials expire, as declared in the request; ISO 8601. */
  readonly expires?: string | undefined;
  readonly upsert: boolean;
  readonly force: boolean;
  /** Whether the credential is verified first. */
  readonly verify: boolean;
  readonly dryRun: boolean;
}

export interface AddDockerResult {
  readonly kind: "docker";
  readonly cluster: string;
  readonly name: string;
  /** All namespaces of the request: named, selected, and Argo CD's if there is one. */
  readonly namespaces: readonly string[];
  readonly verdict: WriteVerdict;
  /** Hints about the credential. */
  readonly hints: readonly string[];
  /** One result per registry; empty when the request did not ask to verify. */
  readonly verified: readonly VerificationResult[];
}

/** The attempt for the audit log. Selected namespaces are missing: they are not known yet. */
export function dockerAttempt(
  { writeId, requestId, actor, cluster, ...request }: AddDocker,
  { argocdNamespace }: Pick<AddSettings, "argocdNamespace">,
): Attempt {
  const { name, gitWriteBack, namespaces, upsert, merge, force, dryRun } = request;
  return {
    ...{ writeId, requestId, actor, cluster, kind: "docker" },
    ...{ upsert: upsert || merge, force, dryRun },
    names: gitWriteBack ? [name, gitWriteBackName(name)] : [name],
    ...recordDetails(request, namespaces, argocdNamespace),
  };
}

/** The password of the only registry, or of several registries one password per registry. */
export function dockerPasswords({ credentials }: Pick<AddDocker, "credentials">): Credentials {
  const values = credentials.map(({ registry, password }) =>
    [registry, canonicalSealed(password)] as const
  );
  const [first, ...more] = values;
  if (first !== undefined && more.length === 0) return first[1];
  return Object.fromEntries(values);
}

export function dockerOutcome(result: AddDockerResult | NotAccepted): Outcome {
  if (result.kind === "not_accepted") return NOT_ACCEPTED;
  return outcomeOfWrite(result.verdict, [result.name, gitWriteBackName(result.name)]);
}

const placesOf = (argocdNamespace: string | undefined) =>
  argocdNamespace === undefined ? [] : [argocdNamespace];

/** Writes the logins as a pull secret to every namespace, and to Argo CD's if there is one. */
export async function addDocker(
  request: AddDocker,
  { argocdNamespace, dockerLabels }: AddSettings,
  services: AddServices,
): Promise<AddDockerResult | NotAccepted> {
  const { cluster, name, credentials, merge, gitWriteBack } = request;
  const { begin } = services;
  const argocd = placesOf(argocdNamespace);
  // With a selection the record waits: it must name the namespaces, in case the write is interrupted.
  if (request.select === undefined) await begin();
  const hints = [...dockerLogins.hints(credentials), ...declaredHints(request.expires)];
  let verified: readonly VerificationResult[] = [];
  const added = (namespaces: readonly string[], verdict: WriteVerdict): AddDockerResult => ({
    kind: "docker",
    cluster,
    name,
    namespaces: [...namespaces, ...argocd],
    verdict,
    hints,
    verified,
  });
  const chosen = await namespacesOf(request, argocdNamespace, services);
  if (chosen.kind === "unable") return added(request.namespaces, chosen);

  const { namespaces } = chosen;
  await begin(recordDetails(request, namespaces, argocdNamespace));
  // Verifying sends the credential out, so the attempt is recorded first.
  if (request.verify) {
    verified = await services.once(() => verifyDocker(credentials, services.verifyOne));
  }
  if (!isAccepted(verified)) return { kind: "not_accepted", verified, hints };
  const secrets = dockerSecrets({
    name,
    namespaces,
    argocdNamespace,
    credentials,
    merge,
    gitWriteBack,
    labels: dockerLabels,
    expires: request.expires,
  });
  const verdict = await write({
    ...request,
    secrets,
    // A merge changes an existing secret, so it includes upsert.
    policy: { ...request, upsert: request.upsert || merge },
    attach: usesIn(namespaces, request),
  }, services);
  return added(namespaces, verdict);
}

/** The service accounts of the request, each with the secret that it gets. */
function usesIn(
  namespaces: readonly string[],
  { name, serviceAccounts }: Pick<AddDocker, "name" | "serviceAccounts">,
): PullSecretUse[] {
  return namespaces.flatMap((namespace) =>
    serviceAccounts.map((serviceAccount) => ({ namespace, serviceAccount, secret: name }))
  );
}

/** The part of the audit record that depends on the namespaces. */
function recordDetails(
  request: Pick<AddDocker, "name" | "serviceAccounts">,
  namespaces: readonly string[],
  argocdNamespace: string | undefined,
) {
  return {
    namespaces: [...new Set([...namespaces, ...placesOf(argocdNamespace)])],
    serviceAccounts: accountsOf(usesIn(namespaces, request)),
  };
}

async function namespacesOf(
  { cluster, namespaces, select }: AddDocker,
  argocdNamespace: string | undefined,
  { store, seconds }: WriteServices,
) {
  if (select === undefined) return { kind: "selected", namespaces } as const;
  const selected = await selectNamespaces(select, { store, seconds, argocdNamespace });
  if (selected.kind !== "selected") return selected;
  const all = [...new Set([...namespaces, ...selected.namespaces])];
  const no = (why: string) => {
    const message = `Cannot select namespaces of cluster '${cluster}': ${why}`;
    return { kind: "unable", error: new KubeError("invalid", message, { cluster }) } as const;
  };
  if (all.length === 0) return no("no namespace matches");
  if (all.length <= MAX_NAMESPACES) return { kind: "selected", namespaces: all } as const;
  return no(
    `${all.length} namespaces match, but one request can write to at most ${MAX_NAMESPACES}`,
  );
}
