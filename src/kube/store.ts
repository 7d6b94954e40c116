import type { Sealed } from "../log/sealed.ts";
import { encodeBase64Text } from "../text/bytes.ts";
import type { Deadline } from "./deadline.ts";
import type { KubeError } from "./errors.ts";

/** Names one secret of a cluster. */
export interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

/** Of whatever has a name in a namespace: these alone. */
export function refOf({ namespace, name }: SecretRef): SecretRef {
  return { namespace, name };
}

/** `namespace/name`: the key of a ref in maps, and how it is written in logs. */
export function refKey(ref: SecretRef): string {
  return `${ref.namespace}/${ref.name}`;
}

/** Keys of a secret's `data` with their values in base64, as the API has them. */
export type SecretData = Record<string, string>;

/** What is written: the fields of a v1 Secret that this program decides on. */
export interface SecretManifest extends SecretRef {
  readonly type: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly data: Sealed<SecretData>;
  readonly immutable?: boolean;
  /** Kept from the object that is replaced or put back. */
  readonly ownerReferences?: readonly unknown[];
  readonly finalizers?: readonly string[];
  /** Required by `replace`: the version that it may replace. */
  readonly resourceVersion?: string;
}

/** A secret as read from the cluster, values sealed. */
export interface StoredSecret extends SecretManifest {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  /** Set while the object waits for its finalizers. */
  readonly deletionTimestamp?: string;
}

/**
 * The fields of an Argo CD repository or template secret that may be shown; those that are empty
 * there are left out, like those that are missing.
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

/** A secret as listed: nothing in it is a password, key or token. */
export interface SecretSummary extends SecretRef {
  readonly labels: Record<string, string>;
  readonly type: string;
  readonly creationTimestamp: string;
  /** Present when the query asked for them. */
  readonly repository?: RepositoryFields;
  /** The value of the annotation that the query asked for, where the secret has it. */
  readonly annotation?: string;
}

export interface ListQuery {
  /** A label selector in Kubernetes' syntax. */
  readonly selector?: string;
  /** Only secrets of this name. */
  readonly name?: string;
  /** All namespaces when absent. */
  readonly namespace?: string;
  /** Key of the one annotation to fetch: others may hold values (kubectl's last-applied does). */
  readonly annotation?: string;
  /** Whether to fetch {@link RepositoryFields} too. */
  readonly repository?: boolean;
}

export interface DataQuery extends Pick<ListQuery, "selector" | "namespace"> {
  /** Only secrets of this type. */
  readonly type?: string;
  /**
   * Keys of `data` whose values are wanted. Of each other key that has a value no more than that is told:
   * it is {@link WITHHELD}, unless it is the fixed text beside which a user name is a token. None at all:
   * `data` is empty, whatever the secret has.
   * @default all
   */
  readonly keys?: readonly string[];
}

/** base64 of what stands for a value that was not asked for. */
export const WITHHELD = encodeBase64Text("***");

export type NamespacePhase = "Active" | "Terminating";

export interface Snapshot {
  /** By {@link refKey}; a secret that is not there has no entry. */
  readonly secrets: ReadonlyMap<string, StoredSecret>;
  /** By name; `undefined` as a whole when the rights do not reach to reading namespaces. */
  readonly namespaces: ReadonlyMap<string, NamespacePhase> | undefined;
}

/** What became of one object of a batch. */
export type ItemOutcome =
  | { readonly kind: "done"; readonly uid: string; readonly resourceVersion: string }
  /** The cluster has not carried it out. */
  | { readonly kind: "rejected"; readonly error: KubeError }
  /** No answer: it may or may not have been carried out, now or a moment later. */
  | { readonly kind: "unknown"; readonly error: KubeError };

/** A service account, and the pull secrets that its pods get. */
export interface ServiceAccount extends SecretRef {
  readonly pullSecrets: readonly string[];
}

/** A service account that is to use a pull secret of its namespace, or is not to any more. */
export interface PullSecretUse {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly secret: string;
}

/** Names the service account. */
export function accountOf({ namespace, serviceAccount }: PullSecretUse): SecretRef {
  return { namespace, name: serviceAccount };
}

export interface WriteOptions {
  /**
   * Whether the cluster is only asked what would come of it. Each item is asked about alone: what
   * an earlier one would have created, a namespace for instance, is not there. A secret or namespace
   * that would be created has a uid of no object and no version. @default false
   */
  readonly dryRun?: boolean;
}

/** One removal; it is carried out only on exactly this object in exactly this version. */
export interface Removal extends SecretRef {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Writes objects, with an outcome for each, in order. */
export type Batch<Item> = (
  items: readonly Item[],
  deadline: Deadline,
  options?: WriteOptions,
) => Promise<ItemOutcome[]>;

/**
 * The secrets of one cluster, in batches, because one kubectl process can do fifty namespaces.
 *
 * What reads throws a {@link KubeError}; callers answer with it, nothing was changed. What writes
 * throws one only when nothing at all was sent; otherwise it resolves with one outcome for each
 * item, in order, and callers must settle every `unknown` by reading again.
 */
export interface SecretStore {
  list(query: ListQuery, deadline: Deadline): Promise<SecretSummary[]>;
  /**
   * Secrets with their data, sealed, in one request however many there are, or in one for each page. Of
   * their annotations kubectl's copy of the whole object is left out: it would hold values that are not.
   */
  listData(query: DataQuery, deadline: Deadline): Promise<StoredSecret[]>;
  /** Reads secrets and the namespaces that they are to be in. */
  read(refs: readonly SecretRef[], deadline: Deadline): Promise<Snapshot>;
  readonly create: Batch<SecretManifest>;
  /** Every secret carries the `resourceVersion` that it replaces. */
  readonly replace: Batch<SecretManifest>;
  readonly remove: Batch<Removal>;
  /**
   * Tells before a removal of so many whether it would end by the deadline. Nothing is changed.
   * @throws {KubeError} `timeout` when it would not, and says what to do about it; others when what
   * was asked for that shows why it would fail
   */
  foreseeRemoval(removals: readonly Removal[], deadline: Deadline): Promise<void>;
  /** Namespaces by name: all, or those that a label selector matches. */
  namespaces(
    selector: string | undefined,
    deadline: Deadline,
  ): Promise<ReadonlyMap<string, NamespacePhase>>;
  readonly createNamespaces: Batch<string>;
  /** The service accounts of a namespace, or of all. */
  serviceAccounts(namespace: string | undefined, deadline: Deadline): Promise<ServiceAccount[]>;
  /**
   * Adds pull secrets to service accounts, beside those that are there. One that is there already
   * stays, so doing it twice does no harm; the same holds for {@link SecretStore.detach}. Both read
   * the service accounts first, since the API server can only replace the list as a whole, and
   * replace them in exactly that version, again a few times when somebody else was faster. Without
   * the right to read one of them nothing is sent. `not_found` is the service account, or its
   * namespace; whether the secret is there is not looked at.
   */
  readonly attach: Batch<PullSecretUse>;
  /** Takes pull secrets off service accounts and leaves the others there. */
  readonly detach: Batch<PullSecretUse>;
}
