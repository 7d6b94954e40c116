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
import { isAccepted, type Verified, verifyDocker } from "./verify_credential.ts";
import type { Writer, WriteServices } from "./writer.ts";

export interface AddDocker extends Writer {
  readonly cluster: string;
  readonly name: string;
  /** By name; those of `select` come besides. */
  readonly namespaces: readonly string[];
  /** Namespaces by what is there. */
  readonly select?: NamespaceSelection;
  /** One for each registry. */
  readonly credentials: readonly DockerCredential[];
  /** Whether the registries that a secret has besides stay. */
  readonly merge: boolean;
  readonly gitWriteBack: boolean;
  /** Those that are to use the secret, in each namespace but Argo CD's. */
  readonly serviceAccounts: readonly string[];
  /** Whether namespaces that are not there are made. */
  readonly createNamespaces: boolean;
  /** When the credentials end, as it was declared, in ISO time. */
  readonly expires?: string | undefined;
  readonly upsert: boolean;
  readonly force: boolean;
  /** Whether the credential is tried first. */
  readonly verify: boolean;
  readonly dryRun: boolean;
}

export interface DockerAdded {
  readonly kind: "docker";
  readonly cluster: string;
  readonly name: string;
  /** Where it was to be written: as asked for or selected, and Argo CD's if there is one. */
  readonly namespaces: readonly string[];
  readonly verdict: WriteVerdict;
  /** What the user should know about the credential. */
  readonly hints: readonly string[];
  /** What came of trying it; empty when it was not asked for. */
  readonly verified: readonly Verified[];
}

/** What the record says of the attempt; namespaces that are to be selected are not known yet. */
export function attemptOf(
  { writeId, requestId, actor, cluster, ...request }: AddDocker,
  { argocdNamespace }: Pick<AddSettings, "argocdNamespace">,
): Attempt {
  const { name, gitWriteBack, namespaces, upsert, merge, force, dryRun } = request;
  return {
    ...{ writeId, requestId, actor, cluster, kind: "docker" },
    ...{ upsert: upsert || merge, force, dryRun },
    names: gitWriteBack ? [name, gitWriteBackName(name)] : [name],
    ...found(request, namespaces, argocdNamespace),
  };
}

/** The password of each registry; where there is only one, that. */
export function credentialsOf({ credentials }: Pick<AddDocker, "credentials">): Credentials {
  const values = credentials.map(({ registry, password }) =>
    [registry, canonicalSealed(password)] as const
  );
  const [first, ...more] = values;
  if (first !== undefined && more.length === 0) return first[1];
  return Object.fromEntries(values);
}

export function outcomeOf(result: DockerAdded | NotAccepted): Outcome {
  if (result.kind === "not_accepted") return NOT_ACCEPTED;
  return outcomeOfWrite(result.verdict, [result.name, gitWriteBackName(result.name)]);
}

const placesOf = (argocdNamespace: string | undefined) =>
  argocdNamespace === undefined ? [] : [argocdNamespace];

/** Writes a docker credential as a pull secret into every namespace, and into Argo CD's if there is one. */
export async function addDocker(
  request: AddDocker,
  { argocdNamespace, dockerLabels }: AddSettings,
  services: AddServices,
): Promise<DockerAdded | NotAccepted> {
  const { cluster, name, credentials, merge, gitWriteBack } = request;
  const { begin } = services;
  const argocd = placesOf(argocdNamespace);
  // Else when the namespaces are known, which the record of an interrupted write has to name.
  if (request.select === undefined) await begin();
  const hints = [...dockerLogins.hints(credentials), ...declaredHints(request.expires)];
  let verified: readonly Verified[] = [];
  const added = (namespaces: readonly string[], verdict: WriteVerdict): DockerAdded => ({
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
  await begin(found(request, namespaces, argocdNamespace));
  // Tried when that is on record, as it is sent out.
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
    // To merge is to change what is there.
    permissions: { ...request, upsert: request.upsert || merge },
    attach: usesIn(namespaces, request),
  }, services);
  return added(namespaces, verdict);
}

/** Service accounts that are to use the secret. */
function usesIn(
  namespaces: readonly string[],
  { name, serviceAccounts }: Pick<AddDocker, "name" | "serviceAccounts">,
): PullSecretUse[] {
  return namespaces.flatMap((namespace) =>
    serviceAccounts.map((serviceAccount) => ({ namespace, serviceAccount, secret: name }))
  );
}

/** What the record says of namespaces once they are known. */
function found(
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
    const message = `Cannot choose namespaces of cluster '${cluster}': ${why}`;
    return { kind: "unable", error: new KubeError("invalid", message, { cluster }) } as const;
  };
  if (all.length === 0) return no("none of them matches");
  if (all.length <= MAX_NAMESPACES) return { kind: "selected", namespaces: all } as const;
  return no(`${all.length} of them match, and one request writes to ${MAX_NAMESPACES} at most`);
}
