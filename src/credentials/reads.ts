import pLimit from "p-limit";
import { isForbidden, KubeError, type KubeErrorKind } from "../kube/errors.ts";
import { refKey, type SecretRef } from "../kube/store.ts";

/** When several reads fail, the first of these that one of them had is the answer. */
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

/** What was found in a cluster, and what could not be seen there. */
export interface Found<Item> {
  readonly found: readonly Item[];
  readonly warnings: readonly string[];
}

/** Lists one namespace, or all. */
export type ListIn<Item> = (namespace: string | undefined) => Promise<readonly Item[]>;

/** Of what is listed, for messages. */
export interface ListedKind {
  /** What the right is about: `secrets` */
  readonly right: string;
  /** What is looked for: `docker secrets` */
  readonly what: string;
}

const DOCKER: ListedKind = { right: "secrets", what: "docker secrets" };

/** What was found where not all namespaces may be listed. */
export interface FoundWherePossible<Item> extends Found<Item> {
  /** Whether all namespaces were listed. */
  readonly isWhole: boolean;
  /** Those that were, where not all may be. */
  readonly seen?: readonly string[];
}

/**
 * Lists all namespaces, or where that is not allowed those of these that may be listed.
 * @throws {KubeError} when none may be, or there are none of these
 */
export async function listWherePossible<Item>(
  namespaces: readonly string[],
  list: ListIn<Item>,
  kind: ListedKind = DOCKER,
): Promise<FoundWherePossible<Item>> {
  try {
    return { found: await list(undefined), warnings: [], isWhole: true };
  } catch (error) {
    if (!isForbidden(error) || namespaces.length === 0) throw error;
  }
  const { reads, seen, found } = await listEach(namespaces, list);
  const other = reads.filter((read) => read.status === "rejected" && !isForbidden(read.reason));
  if (other.length > 0 || seen.length === 0) throw worst(reads);
  const hidden = namespaces.filter((namespace) => !seen.includes(namespace));
  const { right, what } = kind;
  const warnings = [
    `The kubeconfig's user may not list ${right} in all namespaces: ` +
    `only ${seen.length === 1 ? "namespace" : "namespaces"} ${seen.join(", ")} ` +
    `${seen.length === 1 ? "was" : "were"} searched for ${what}`,
    ...(hidden.length === 0 ? [] : [
      `The kubeconfig's user may not list ${right} in ${hidden.join(", ")} either`,
    ]),
  ];
  return { found, warnings, isWhole: false, seen };
}

/**
 * Namespaces that are listed at once. By kubectl each is a process, and only so many may wait for their
 * turn at one cluster: a single request lists several labels and types, each in all these namespaces.
 */
export const LISTED_AT_ONCE = 4;

/** Lists namespaces one by one: what came of each, which could be listed, and what is in those. */
export async function listEach<Item>(namespaces: readonly string[], list: ListIn<Item>) {
  const limit = pLimit(LISTED_AT_ONCE);
  const reads = await Promise.allSettled(
    namespaces.map((namespace) => limit(() => list(namespace))),
  );
  const seen = namespaces.filter((_, i) => reads[i]!.status === "fulfilled");
  return { reads, seen, found: fulfilled(reads).flat() };
}

/** What the reads that succeeded have given. */
export function fulfilled<Value>(reads: readonly PromiseSettledResult<Value>[]): Value[] {
  return reads.flatMap((read) => read.status === "fulfilled" ? [read.value] : []);
}

/** The most telling failure. @throws one that is no {@link KubeError}: a bug */
export function worst(reads: readonly PromiseSettledResult<unknown>[]): KubeError {
  const errors = reads.flatMap((read) => read.status === "rejected" ? [read.reason] : []);
  const rank = (error: KubeError) => {
    const index = SEVERITY.indexOf(error.kind);
    return index === -1 ? SEVERITY.length : index;
  };
  for (const error of errors) if (!(error instanceof KubeError)) throw error;
  return (errors as KubeError[]).sort((a, b) => rank(a) - rank(b))[0]!;
}

/** By namespace and name, each once. */
export function sortedRefs<Ref extends SecretRef>(refs: readonly Ref[]): Ref[] {
  const order = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;
  const unique = new Map(refs.map((ref) => [refKey(ref), ref]));
  return [...unique].sort(([a], [b]) => order(a, b)).map(([, ref]) => ref);
}
