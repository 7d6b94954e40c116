import { labelKeyErrors, labelValueErrors } from "../../kube/formats.ts";
import type { LabelsByCluster } from "../labels.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * Parses the labels of flags, each `KEY=VALUE` or several separated by commas, or returns what is wrong.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function labelsGiven(
  given: readonly string[] = [],
): { readonly labels: Labels } | { readonly why: string } {
  const labels = new Map<string, string>();
  for (const item of given.flatMap((each) => each.split(","))) {
    const at = item.indexOf("=");
    if (at < 1) return { why: `'${item}' is not KEY=VALUE` };
    const key = item.slice(0, at).trim();
    const value = item.slice(at + 1).trim();
    const [why] = labelKeyErrors(key);
    if (why !== undefined) return { why: `'${key}' is not a valid label key: ${why}` };
    const [wrong] = labelValueErrors(value);
    if (wrong !== undefined) return { why: `'${value}' is not a valid label value: ${wrong}` };
    if ((labels.get(key) ?? value) !== value) return { why: `'${key}' has two different values` };
    labels.set(key, value);
  }
  return { labels: Object.fromEntries(labels) };
}

/** Changes of labels. */
export interface LabelChanges {
  /** Labels to set, by cluster. */
  readonly toSet: LabelsByCluster;
  /** Labels that already have another value, which is kept. */
  readonly kept: readonly {
    readonly cluster: string;
    readonly key: string;
    readonly value: string;
  }[];
}

/**
 * The changes after which all these clusters have these labels.
 * @param overwrite whether to replace other values, like `kubectl label --overwrite`
 */
export function labelChanges(
  before: LabelsByCluster,
  clusters: readonly string[],
  labels: Labels,
  overwrite: boolean,
): LabelChanges {
  const toSet = new Map<string, Labels>();
  const kept: { cluster: string; key: string; value: string }[] = [];
  for (const cluster of clusters) {
    const own = new Map(Object.entries(before.get(cluster) ?? {}));
    const wanted = Object.entries(labels).filter(([key, value]) => own.get(key) !== value);
    const set = wanted.filter(([key]) => overwrite || !own.has(key));
    for (const [key] of wanted.filter((each) => !set.includes(each))) {
      kept.push({ cluster, key, value: own.get(key)! });
    }
    if (set.length > 0) toSet.set(cluster, Object.fromEntries(set));
  }
  return { toSet, kept };
}
