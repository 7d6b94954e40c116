import type { Sealed } from "../log/sealed.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import type { Deadline } from "./deadline.ts";
import type { KubeError } from "./errors.ts";

/** Names one secret of a cluster. */
export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

/** Picks namespace and name from an object that has them. */
export function refOf({ namespace, name }: SecretRef): SecretRef {
  return { namespace, name };
}

/** `namespace/name`: the key of a ref in maps, and its form in logs. */
export function refKey(ref: SecretRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/** A secret's `data`: values are base64, as in the API. */
export type SecretData = Record<string, string>;

/** The fields of a v1 Secret that argocd-configurer writes. */
export interface SecretManifest extends SecretRef {
  readonly type: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly data: Sealed<SecretData>;
  readonly immutable?: boolean;
  /** Copied from the object that is replaced or restored. */
  readonly ownerReferences?: readonly unknown[];
  readonly finalizers?: readonly string[];
  /** Required by `replace`: the only version that it may replace. */
  readonly resourceVersion?: string;
}

/** A secret as read from the cluster; its values are sealed. */
export interface StoredSecret extends SecretManifest {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  /** Set while the object waits for its finalizers. */
  readonly deletionTimestamp?: string;
}

/**
 * The fields of an Argo CD repository or template secret that may be shown. Empty fields are left
 * out, like missing ones.
 */
export interface RepositoryFields {
  readonly url?: string;
  readonly name?: string;
  readonly type?: string;
  readonly username?: string;
  readonly enableOCI?: string;
  readonly project?: string;
  /** The password is the fixed text `x-oauth-basic`, which makes the user name the token. */
  readonly usernameIsToken: boolean;
}

/** A secret in a list. It contains no password, key or token. */
export interface SecretSummary extends SecretRef {
  readonly labels: Record<string, string>;
  readonly type: string;
  readonly creationTimestamp: string;
  /** Present when the query requested them. */
  readonly repository?: RepositoryFields;
  /** The value of the annotation that the query requested, where the secret has it. */
  readonly annotation?: string;
}

export interface ListQuery {
  /** A label selector in Kubernetes' syntax. */
  readonly selector?: string;
  /** Only secrets of this name. */
  readonly name?: string;
  /** All namespaces when absent. */
  readonly namespace?: string;
  /**
   * Key of the one annotation to fetch. Others are not fetched, since they may contain values: kubectl's
   * last-applied-configuration does.
   */
  readonly annotation?: string;
  /** Whether to fetch {@link RepositoryFields} too. */
  readonly repository?: boolean;
}

export interface DataQuery extends Pick<ListQuery, "selector" | "namespace"> {
  /** Only secrets of this type. */
  readonly type?: string;
  /**
   * Keys of `data` whose values are returned. The value of any other key is replaced by {@link WITHHELD},
   * except an empty one and the fixed password `x-oauth-basic`, which marks the user name as the token.
   * With an empty list, `data` is empty.
   * @default all
   */
  readonly keys?: readonly string[];
}

/** Stands for a value that was not requested; base64 of `***`. */
export const WITHHELD = encodeBase64Text("***");

export type NamespacePhase = "Active" | "Terminating";

export interface Snapshot {
  /** By {@link refKey}; a secret that does not exist has no entry. */
  readonly secrets: ReadonlyMap<string, StoredSecret>;
  /** By name; `undefined` when the kubeconfig's user has no permission to read namespaces. */
  readonly namespaces: ReadonlyMap<string, NamespacePhase> | undefined;
}

/** The outcome of writing one object of a batch. */
export type ItemOutcome =
  | { readonly kind: "done"; readonly uid: string; readonly resourceVersion: string }
  /** The object was not written. */
  | { readonly kind: "rejected"; readonly error: KubeError }
  /** There was no usable response: the object may have been written, or may still be. */
  | { readonly kind: "unknown"; readonly error: KubeError };

/** A service account with the names in its `imagePullSecrets`. */
export interface ServiceAccount extends SecretRef {
  readonly pullSecrets: readonly string[];
}

/** A service account to attach a pull secret of its namespace to, or to detach it from. */
export interface PullSecretUse {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly secret: string;
}

/** The ref of the service account. */
export function accountOf({ namespace, serviceAccount }: PullSecretUse): SecretRef {
  return { namespace, name: serviceAccount };
}

export interface WriteOptions {
  /**
   * Whether the write is a server-side dry run. Each item is tested alone: what an earlier item would
   * create, such as a namespace, does not exist for a later one. The outcome of a create has a uid that
   * belongs to no object, and an empty resourceVersion. @default false
   */
  readonly dryRun?: boolean;
}

/** One deletion, with preconditions: it applies only to this uid at this resourceVersion. */
export interface Removal extends SecretRef {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Writes objects; resolves with one outcome per item, in order. */
export type Batch<Item> = (
  items: readonly Item[],
  deadline: Deadline,
  options?: WriteOptions,
) => Promise<ItemOutcome[]>;

/**
 * The secrets of one cluster. Methods take batches, because one kubectl process can handle fifty
 * namespaces.
 *
 * Reads throw a {@link KubeError}; nothing was changed then. Writes throw one only when nothing was
 * sent. Otherwise a write resolves with one outcome per item, in order, and the caller must settle
 * every `unknown` by reading the object again.
 */
export interface SecretStore {
  list(query: ListQuery, deadline: Deadline): Promise<SecretSummary[]>;
  /**
   * Lists secrets with their data, sealed, in one request or one per page. kubectl's last-applied
   * annotation is left out, since it contains a copy of the whole object with its values.
   */
  listData(query: DataQuery, deadline: Deadline): Promise<StoredSecret[]>;
  /** Reads secrets, and the namespaces that the refs name. */
  read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot>;
  readonly create: Batch<SecretManifest>;
  /** Each manifest must have the `resourceVersion` that it replaces. */
  readonly replace: Batch<SecretManifest>;
  readonly remove: Batch<Removal>;
  /**
   * Checks in advance that removing this many secrets can finish before the deadline. Nothing is changed.
   * @throws {KubeError} `timeout` when it cannot, with a message that says what to do; another kind when
   * the check itself shows that the removal would fail
   */
  foreseeRemoval(removals: readonly Removal[], deadline: Deadline): Promise<void>;
  /** Namespaces by name: all of them, or those that match a label selector. */
  namespaces(
    selector: string | undefined,
    deadline: Deadline,
  ): Promise<ReadonlyMap<string, NamespacePhase>>;
  readonly createNamespaces: Batch<string>;
  /** The service accounts of one namespace, or of all namespaces. */
  serviceAccounts(namespace: string | undefined, deadline: Deadline): Promise<ServiceAccount[]>;
  /**
   * Adds pull secrets to service accounts and keeps the ones that they have. `attach` and `detach` are
   * idempotent. The API server can only replace the list as a whole, so both read the service accounts
   * first, replace exactly the version that they read, and retry a few times on a conflict. Without the
   * permission to read one of the accounts nothing is sent. `not_found` means the service account or its
   * namespace; whether the secret exists is not checked.
   */
  readonly attach: Batch<PullSecretUse>;
  /** Removes pull secrets from service accounts and keeps the others. */
  readonly detach: Batch<PullSecretUse>;
}
