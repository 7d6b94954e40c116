import pLimit from "p-limit";
import { isForbidden, KubeError, type KubeErrorKind } from "../kube/errors.ts";
import { refKey, type SecretRef } from "../kube/store.ts";

/** Error kinds by severity, the most severe first: when several reads fail, it decides the answer. */
const SEVERITY: readonly KubeErrorKind[] = [
  "labels_unreadable",
  "invalid_labels",
  "invalid_kubeconfig",
  "kubectl_missing",
  "busy",
  "unreachable",
  "untrusted",
  "timeout",
  "unauthorized",
  "forbidden",
];

/** The items that a list returned, and warnings about what could not be listed. */
export interface ListResult<Item> {
  readonly found: readonly Item[];
  readonly warnings: readonly string[];
}

/** Lists one namespace; `undefined` means all. */
export type ListIn<Item> = (namespace: string | undefined) => Promise<readonly Item[]>;

/** Names for what is listed, for warnings. */
export interface ListedKind {
  /** The resource of the missing right: `secrets`. */
  readonly right: string;
  /** What is searched for: `docker secrets`. */
  readonly what: string;
}

const DOCKER: ListedKind = { right: "secrets", what: "docker secrets" };

/** A list of all namespaces, or only of the namespaces that the kubeconfig's user may list. */
export interface AllowedList<Item> extends ListResult<Item> {
  /** Whether all namespaces were listed. */
  readonly isWhole: boolean;
  /** The namespaces that were listed; absent when all were. */
  readonly seen?: readonly string[];
}

/**
 * Lists all namespaces or, when that is forbidden, the given namespaces that may be listed.
 * @param namespaces the fallback
 * @throws {KubeError} when no namespace may be listed, or there is no fallback
 */
export async function listWherePossible<Item>(
  namespaces: readonly string[],
  list: ListIn<Item>,
  kind: ListedKind = DOCKER,
): Promise<AllowedList<Item>> {
  try {
    return { found: await list(undefined), warnings: [], isWhole: true };
  } catch (error) {
    if (!isForbidden(error) || namespaces.length === 0) throw error;
  }
  const { reads, seen, found } = await listEach(namespaces, list);
  const other = reads.filter((read) => read.status === "rejected" && !isForbidden(read.reason));
  if (other.length > 0 || seen.length === 0) throw mostSevere(reads);
  const hidden = namespaces.filter((namespace) => !seen.includes(namespace));
  const { right, what } = kind;
  const warnings = [
    `The kubeconfig's user cannot list ${right} in all namespaces: ` +
    `only ${seen.length === 1 ? "namespace" : "namespaces"} ${seen.join(", ")} ` +
    `${seen.length === 1 ? "was" : "were"} searched for ${what}`,
    ...(hidden.length === 0 ? [] : [
      `The kubeconfig's user cannot list ${right} in ${hidden.join(", ")} either`,
    ]),
  ];
  return { found, warnings, isWhole: false, seen };
}

/**
 * How many namespaces are listed concurrently. With kubectl each list is a process, and the number of
 * waiting processes per cluster is limited: one request lists several labels and types, each in all
 * given namespaces.
 */
export const CONCURRENT_LISTS = 4;

/** Lists each namespace on its own: returns the result of each, the listed namespaces and their items. */
export async function listEach<Item>(namespaces: readonly string[], list: ListIn<Item>) {
  const limit = pLimit(CONCURRENT_LISTS);
  const reads = await Promise.allSettled(
    namespaces.map((namespace) => limit(() => list(namespace))),
  );
  const seen = namespaces.filter((_, i) => reads[i]!.status === "fulfilled");
  return { reads, seen, found: fulfilled(reads).flat() };
}

/** The values of the reads that succeeded. */
export function fulfilled<Value>(reads: readonly PromiseSettledResult<Value>[]): Value[] {
  return reads.flatMap((read) => read.status === "fulfilled" ? [read.value] : []);
}

/** The most severe error of failed reads. @throws any error that is not a {@link KubeError}: a bug */
export function mostSevere(reads: readonly PromiseSettledResult<unknown>[]): KubeError {
  const errors = reads.flatMap((read) => read.status === "rejected" ? [read.reason] : []);
  const rank = (error: KubeError) => {
    const index = SEVERITY.indexOf(error.kind);
    return index === -1 ? SEVERITY.length : index;
  };
  for (const error of errors) if (!(error instanceof KubeError)) throw error;
  return (errors as KubeError[]).sort((a, b) => rank(a) - rank(b))[0]!;
}

/** Sorts by namespace and name, and removes duplicates. */
export function sortedRefs<Ref extends SecretRef>(refs: readonly Ref[]): Ref[] {
  const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  const unique = new Map(refs.map((ref) => [refKey(ref), ref]));
  return [...unique].sort(([a], [b]) => order(a, b)).map(([, ref]) => ref);
}
