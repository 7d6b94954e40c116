import { KubeError } from "../kube/errors.ts";
import type { AddServices, AddSettings, NotAccepted } from "./adding.ts";
import { seal } from "../log/sealed.ts";
import { type DockerCredential, dockerSecrets } from "./kinds/docker.ts";
import { dockerHints } from "./kinds/docker_hints.ts";
import { MAX_NAMESPACES, type NamespaceSelection, selectNamespaces } from "./namespaces.ts";
import type { ClusterNotFound } from "./stores.ts";
import type { WriteVerdict } from "./write.ts";
import { isAccepted, type Verified, verifyDocker } from "./verify_credential.ts";
import { type WriteServices, writeToCluster } from "./write_to_cluster.ts";
import type { Writer } from "./writer.ts";

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
  /** Where it was to be written: as asked for or selected, and Argo CD's. */
  readonly namespaces: readonly string[];
  readonly verdict: WriteVerdict;
  /** What the user should know about the credential. */
  readonly hints: readonly string[];
  /** What came of trying it; empty when it was not asked for. */
  readonly verified: readonly Verified[];
}

/** Writes a docker credential as a pull secret into every namespace, and into Argo CD's. */
export async function addDocker(
  request: AddDocker,
  { argocdNamespace, dockerLabels }: AddSettings,
  services: AddServices,
): Promise<DockerAdded | NotAccepted | ClusterNotFound> {
  const { cluster, name, credentials, merge, gitWriteBack, serviceAccounts } = request;
  const hints = dockerHints(credentials);
  const verified = request.verify ? await verifyDocker(credentials, services.verifyOne) : [];
  if (!isAccepted(verified)) return { kind: "not_accepted", verified, hints };
  const added = (namespaces: readonly string[], verdict: WriteVerdict): DockerAdded => ({
    kind: "docker",
    cluster,
    name,
    namespaces: [...namespaces, argocdNamespace],
    verdict,
    hints,
    verified,
  });
  const chosen = await namespacesOf(request, argocdNamespace, services);
  if (chosen.kind === "cluster_not_found") return chosen;
  if (chosen.kind === "unable") return added(request.namespaces, chosen);

  const { namespaces } = chosen;
  const secrets = dockerSecrets({
    name,
    namespaces,
    argocdNamespace,
    credentials,
    merge,
    gitWriteBack,
    labels: dockerLabels,
  });
  const verdict = await writeToCluster({
    ...request,
    secrets,
    // To merge is to change what is there.
    permissions: { ...request, upsert: request.upsert || merge },
    attach: namespaces.flatMap((namespace) =>
      serviceAccounts.map((serviceAccount) => ({ namespace, serviceAccount, secret: name }))
    ),
    kind: "docker",
    credential: secretOf(credentials),
  }, services);
  return verdict.kind === "cluster_not_found" ? verdict : added(namespaces, verdict);
}

/** Of one registry its password, so that it can be found again; else all of them. */
function secretOf(credentials: readonly DockerCredential[]) {
  const [first, ...more] = credentials.map(({ password }) => password);
  if (first !== undefined && more.length === 0) return first;
  return seal(JSON.stringify(credentials.map(({ password }) => password.reveal())));
}

async function namespacesOf(
  { cluster, namespaces, select }: AddDocker,
  argocdNamespace: string,
  { open, seconds }: WriteServices,
) {
  if (select === undefined) return { kind: "selected", namespaces } as const;
  const selected = await selectNamespaces(cluster, select, { open, seconds, argocdNamespace });
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
