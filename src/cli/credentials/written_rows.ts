import type { Applied } from "./answers.ts";

/** Columns of everything that is done to objects of a cluster. */
export const WRITTEN_COLUMNS = ["CLUSTER", "NAMESPACE", "OBJECT", "RESULT"];

/** @param output as the API says it: `secret/NAME created (dry run)` */
export function writtenCells(cluster: string, namespace: string, output: string): string[] {
  const [, object = output, result = ""] = /^(\S+) (.*)$/.exec(output) ?? [];
  return [cluster, namespace, object, result];
}

/** The object in an output. */
export function objectOf(output: string): string {
  return output.split(" ", 1)[0]!;
}

/** What a dry run says would be another value, in one cell; all is, of what would be created. */
export function changesOf({ output, changes = [] }: Applied): string | undefined {
  if (changes.length === 0 || / created\b/.test(output)) return undefined;
  return changes.map(({ field, before, after }) =>
    `${field}: ${before ?? "none"} -> ${after ?? "none"}`
  ).join(", ");
}
