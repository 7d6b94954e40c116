import type { StoredSecret } from "../../kube/store.ts";
import { MANAGED_BY_LABEL } from "./desired_secret.ts";

/** A label or annotation that a program sets on the secrets that it manages. */
export interface Mark {
  readonly on: "labels" | "annotations";
  readonly key: string;
  /** Whether a value means that the program manages this secret. @default any value does */
  matches?(value: string, secret: StoredSecret): boolean;
}

/** A program that reverts changes by others to the secrets that it manages, or deletes them. */
export interface Owner {
  readonly program: string;
  /** The source code that defines its marks. */
  readonly source: string;
  /** One of these is enough. */
  readonly marks: readonly Mark[];
  /**
   * Names the owner in more detail than the program's name.
   * @param value the value of the mark that was found
   */
  describe?(secret: StoredSecret, value: string): string;
}

type Matches = Mark["matches"];

const label = (key: string, matches?: Matches): Mark => ({ on: "labels", key, matches });
const annotation = (key: string, matches?: Matches): Mark => ({ on: "annotations", key, matches });
const is = (wanted: string) => (value: string) => value === wanted;

/** A name that others wrote, for output: `?` unless it is a valid Kubernetes name. */
export function shownObjectName(text: unknown): string {
  return typeof text === "string" && /^[A-Za-z0-9._-]{1,253}$/.test(text) ? text : "?";
}

/** An object for output: `Kustomization 'apps' in namespace 'flux-system'`. */
export function shownObject(kind: unknown, name: unknown, namespace?: string): string {
  const where = namespace ? ` in namespace '${shownObjectName(namespace)}'` : "";
  return `${shownObjectName(kind)} '${shownObjectName(name)}'${where}`;
}

/**
 * Names a program that keeps copies of a secret, and the original, which the user has to change.
 * @param of the original as `namespace/name`
 */
function copy(program: string, of: string | undefined): string {
  const [namespace, name, ...more] = of?.split("/") ?? [];
  if (name === undefined || more.length > 0) return program;
  return `${program} (as a copy of '${shownObjectName(name)}' in '${shownObjectName(namespace)}')`;
}

/**
 * Programs that manage secrets. When a secret has the marks of several, the first one counts, so a program
 * that deploys others comes before them. Programs that only set owner references, such as
 * registry-creds, need no entry: `ownerOf` reads owner references first.
 */
export const OWNERS: readonly Owner[] = [
  {
    program: "Argo CD",
    source: "https://github.com/argoproj/argo-cd/blob/v3.5.1/util/argo/resource_tracking.go",
    marks: [
      annotation("argocd.argoproj.io/tracking-id", isTrackingIdOf),
      label("argocd.argoproj.io/instance"),
    ],
    describe: (_, value) => `Argo CD application '${shownObjectName(value.split(":")[0])}'`,
  },
  {
    program: "Flux",
    source: "https://github.com/fluxcd/pkg/blob/e2cfd1a2d181/ssa/manager.go SetOwnerLabels",
    marks: [label("kustomize.toolkit.fluxcd.io/name")],
    describe: ({ labels }, name) =>
      `Flux ${shownObject("Kustomization", name, labels["kustomize.toolkit.fluxcd.io/namespace"])}`,
  },
  {
    program: "Flux",
    source: "https://github.com/fluxcd/helm-controller/blob/0f61a8607a62/internal/postrender/" +
      "common_renderer.go originLabels",
    marks: [label("helm.toolkit.fluxcd.io/name")],
    describe: ({ labels }, name) =>
      `Flux ${shownObject("HelmRelease", name, labels["helm.toolkit.fluxcd.io/namespace"])}`,
  },
  {
    // Rancher, Fleet and k3s apply objects with the same library. Fleet does not set the owner.
    program: "Rancher Fleet",
    source: "https://github.com/rancher/wrangler/blob/8238115126a8/pkg/apply/desiredset_apply.go " +
      "GetLabelsAndAnnotations",
    marks: [
      annotation("objectset.rio.cattle.io/id"),
      label("objectset.rio.cattle.io/hash"),
    ],
    describe({ annotations }) {
      const gvk = annotations["objectset.rio.cattle.io/owner-gvk"];
      const [, kind] = /, Kind=(.*)$/s.exec(gvk ?? "") ?? [];
      if (kind === undefined) return "Rancher Fleet";
      const { ["objectset.rio.cattle.io/owner-name"]: name } = annotations;
      return `Rancher's ${
        shownObject(kind, name, annotations["objectset.rio.cattle.io/owner-namespace"])
      }`;
    },
  },
  {
    program: "Config Sync",
    source:
      "https://github.com/GoogleContainerTools/kpt-config-sync/blob/bd5fadf7ec19/pkg/syncer/" +
      "differ/decorations.go",
    marks: [
      annotation(
        "configsync.gke.io/resource-id",
        (value, { annotations, namespace, name }) =>
          annotations["configmanagement.gke.io/managed"] === "enabled" &&
          value === `_secret_${namespace}_${name}`,
      ),
    ],
  },
  {
    program: "Helm",
    // The label managed-by is no mark: a chart may set it from its values.
    source: "https://github.com/helm/helm/blob/e9b85e4de16a/pkg/action/validate.go",
    marks: [annotation("meta.helm.sh/release-name")],
    describe: (_, value) => `Helm release '${shownObjectName(value)}'`,
  },
  {
    program: "kapp",
    source: "https://github.com/carvel-dev/kapp/blob/a89576c50397/pkg/kapp/app/recorded_app.go",
    marks: [label("kapp.k14s.io/app")],
  },
  {
    program: "Kyverno",
    source:
      "https://github.com/kyverno/kyverno/blob/111e07bbecc6/pkg/background/common/labels.go " +
      "ManageLabels",
    marks: [
      label("generate.kyverno.io/policy-name"),
      label(MANAGED_BY_LABEL, is("kyverno")),
    ],
    describe({ labels }) {
      const policy = labels["generate.kyverno.io/policy-name"];
      return policy === undefined ? "Kyverno" : `Kyverno policy '${shownObjectName(policy)}'`;
    },
  },
  {
    program: "External Secrets",
    // An ExternalSecret that does not own its secret sets only the first two.
    source: "https://github.com/external-secrets/external-secrets/blob/cc5bfbc2234a/apis/" +
      "externalsecrets/v1/externalsecret_types.go",
    marks: [
      label("reconcile.external-secrets.io/managed", is("true")),
      annotation("reconcile.external-secrets.io/data-hash"),
      label("reconcile.external-secrets.io/created-by"),
    ],
  },
  {
    program: "Sealed Secrets",
    source: "https://github.com/bitnami-labs/sealed-secrets/blob/86671a8851be/pkg/controller/" +
      "controller.go isAnnotatedToBeManaged",
    marks: [
      annotation("sealedsecrets.bitnami.com/managed", is("true")),
      annotation("sealedsecrets.bitnami.com/patch", is("true")),
    ],
  },
  {
    program: "Vault Secrets Operator",
    source: "https://github.com/hashicorp/vault-secrets-operator/blob/9b840a5a0c34/helpers/" +
      "secrets.go OwnerLabels",
    marks: [
      label(MANAGED_BY_LABEL, is("hashicorp-vso")),
      label("secrets.hashicorp.com/vso-ownerRefUID"),
    ],
  },
  {
    program: "Doppler",
    source: "https://github.com/DopplerHQ/kubernetes-operator/blob/bdec485ff899/controllers/" +
      "dopplersecret_controller_secrets.go",
    marks: [
      annotation("secrets.doppler.com/managed-by"),
      annotation("secrets.doppler.com/version"),
      label("secrets.doppler.com/subtype", is("dopplerSecret")),
    ],
    describe({ annotations }) {
      const [namespace, name] = annotations["secrets.doppler.com/managed-by"]?.split("/") ?? [];
      return name === undefined ? "Doppler" : shownObject("DopplerSecret", name, namespace);
    },
  },
  {
    program: "Infisical",
    source: "https://github.com/Infisical/kubernetes-operator/blob/8a8a6c7ba4b0/internal/" +
      "constants/constants.go",
    marks: [
      annotation("secrets.infisical.com/version"),
      annotation("secrets.infisical.com/managed-labels"),
      annotation("secrets.infisical.com/managed-annotations"),
    ],
  },
  {
    program: "1Password",
    source: "https://github.com/1Password/onepassword-operator/blob/9c3b1b940d79/pkg/" +
      "kubernetessecrets/kubernetes_secrets_builder.go",
    marks: [
      annotation("operator.1password.io/item-path"),
      annotation("operator.1password.io/item-version"),
    ],
  },
  {
    program: "Bitwarden Secrets Manager",
    source: "https://github.com/bitwarden/sm-kubernetes/blob/0ead1717c147/internal/controller/" +
      "bitwardensecret_controller.go",
    marks: [label("k8s.bitwarden.com/bw-secret")],
  },
  {
    program: "Secrets Store CSI Driver",
    source: "https://github.com/kubernetes-sigs/secrets-store-csi-driver/blob/0aad886f70e9/" +
      "controllers/secretproviderclasspodstatus_controller.go",
    marks: [label("secrets-store.csi.k8s.io/managed", is("true"))],
  },
  {
    program: "Reflector",
    source: "https://github.com/emberstack/kubernetes-reflector/blob/d1106013138c/src/" +
      "ES.Kubernetes.Reflector/Mirroring/Core/Annotations.cs",
    marks: [
      annotation("reflector.v1.k8s.emberstack.com/reflects"),
      annotation("reflector.v1.k8s.emberstack.com/auto-reflects"),
    ],
    describe: ({ annotations }) =>
      copy("Reflector", annotations["reflector.v1.k8s.emberstack.com/reflects"]),
  },
  {
    program: "kubernetes-replicator",
    source:
      "https://github.com/mittwald/kubernetes-replicator/blob/f535dd9d8b49/replicate/common/" +
      "consts.go",
    marks: [
      annotation("replicator.v1.mittwald.de/replicate-from"),
      annotation("replicator.v1.mittwald.de/replicated-from-version"),
    ],
    describe: ({ annotations }) =>
      copy("kubernetes-replicator", annotations["replicator.v1.mittwald.de/replicate-from"]),
  },
  {
    program: "ClusterSecret",
    source: "https://github.com/zakkg3/ClusterSecret/blob/ff64c9ec5e0b/src/consts.py",
    marks: [
      annotation("clustersecret.io/created-by"),
      annotation("clustersecret.io/version"),
      annotation("clustersecret.io/last-sync"),
      label("clustersecret.io", is("true")),
    ],
    // The secrets have the name of their ClusterSecret.
    describe: ({ name }) => shownObject("ClusterSecret", name),
  },
  {
    program: "Config Syncer",
    source: "https://github.com/config-syncer/config-syncer/blob/bded51e7807d/pkg/syncer/syncer.go",
    marks: [
      annotation("kubed.appscode.com/origin"),
      label("kubed.appscode.com/origin.name"),
    ],
    describe({ labels }) {
      const { ["kubed.appscode.com/origin.name"]: name } = labels;
      const { ["kubed.appscode.com/origin.namespace"]: namespace } = labels;
      return copy("Config Syncer", name && namespace && `${namespace}/${name}`);
    },
  },
  {
    program: "imagepullsecret-patcher",
    source: "https://github.com/titansoft-pte-ltd/imagepullsecret-patcher/blob/bdf089192089/" +
      "secret.go",
    // An annotation with the key of the usual label.
    marks: [annotation(MANAGED_BY_LABEL, is("imagepullsecret-patcher"))],
  },
  {
    program: "secretgen-controller",
    source: "https://github.com/carvel-dev/secretgen-controller/blob/e28a24356eb4/docs/" +
      "secret-export.md",
    marks: [annotation("secretgen.carvel.dev/image-pull-secret")],
  },
  {
    program: "OpenShift",
    source: "https://github.com/openshift/openshift-controller-manager/blob/26d20feae889/pkg/" +
      "internalregistry/controllers/annotations.go",
    marks: [
      annotation("openshift.io/internal-registry-auth-token.service-account"),
      annotation("openshift.io/token-secret.name"),
    ],
    describe({ annotations }) {
      const account = annotations["openshift.io/internal-registry-auth-token.service-account"];
      return account === undefined
        ? "OpenShift"
        : `OpenShift (for service account '${shownObjectName(account)}')`;
    },
  },
];

/**
 * Whether an Argo CD tracking id, `APP:GROUP/KIND:NAMESPACE/NAME`, names this secret. A copy of a tracked
 * secret has the id of the original, and Argo CD ignores it.
 */
function isTrackingIdOf(value: string, { namespace, name }: StoredSecret): boolean {
  const [, kind, object, ...more] = value.split(":");
  return kind === "/Secret" && object === `${namespace}/${name}` && more.length === 0;
}
