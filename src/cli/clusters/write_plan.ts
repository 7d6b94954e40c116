import { basename } from "node:path";
import type { LabelChanges } from "../../clusters/import/labels_given.ts";
import type { PlannedContext } from "../../clusters/import/plan.ts";
import { FolderWriter } from "../../clusters/import/write.ts";
import { clustersFolder } from "../../clusters/folder.ts";
import { NotTrusted } from "../../files/trusted.ts";
import { Failure } from "../failure.ts";
import { plural } from "../../text/plural.ts";
import { reasonOf } from "../reason.ts";
import { printError } from "../terminal.ts";
import type { FolderHere } from "./here.ts";
import { setLabels } from "./labels.ts";

/** Numbers of contexts by result. */
export interface Counts {
  readonly created: number;
  readonly replaced: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Counts the results of a plan. @param failed clusters whose kubeconfig could not be written */
export function countsOf(
  planned: readonly PlannedContext[],
  failed: ReadonlySet<string> = new Set(),
): Counts {
  const count = (kind: PlannedContext["action"]["kind"]) =>
    planned.filter(({ action, cluster }) => action.kind === kind && !failed.has(cluster ?? ""))
      .length;
  return {
    created: count("create"),
    replaced: count("replace"),
    unchanged: count("unchanged"),
    skipped: count("skipped"),
    failed: failed.size,
  };
}

/** `10 clusters created, 1 unchanged, 2 skipped` */
export function importSummary({ created, replaced, unchanged, skipped, failed }: Counts): string {
  const parts = [
    [created, "created"],
    [replaced, "replaced"],
    [unchanged, "unchanged"],
    [failed, "failed"],
    [skipped, "skipped"],
  ] as const;
  const [first, ...rest] = parts.filter(([count]) => count > 0);
  if (first === undefined) return "Nothing to import";
  const [count, what] = first;
  return [
    `${plural(count, "cluster")} ${what}`,
    ...rest.map(([count, what]) => `${count} ${what}`),
  ].join(", ");
}

/** 0 if every context has its cluster and labels, 3 if some have, 1 if none has. */
export function exitCodeOf(
  planned: readonly PlannedContext[],
  failed: ReadonlySet<string>,
  { kept }: Pick<LabelChanges, "kept">,
): number {
  const lost = planned.filter(({ action, cluster }) =>
    action.kind === "skipped" || failed.has(cluster ?? "")
  );
  if (lost.length === planned.length) return 1;
  return lost.length + kept.length === 0 ? 0 : 3;
}

/** Opens the folder for writing. @throws {Failure} */
export async function writerIn({ path, rules }: FolderHere): Promise<FolderWriter> {
  try {
    return await FolderWriter.open(path, rules);
  } catch (error) {
    const why = error instanceof NotTrusted ? error.message : reasonOf(error);
    throw new Failure(`Cannot write to the clusters folder ${path}: ${why}`);
  }
}

/**
 * Writes the kubeconfigs of a plan one by one, then labels, and prints errors.
 * @returns clusters whose kubeconfig or labels could not be written
 * @throws {Failure} when the folder is not writable
 */
export async function writePlan(
  here: FolderHere,
  planned: readonly PlannedContext[],
  changes: LabelChanges,
): Promise<ReadonlySet<string>> {
  using writer = await writerIn(here);
  const failed = await writeClusters(writer, planned);
  const toSet = new Map([...changes.toSet].filter(([cluster]) => !failed.has(cluster)));
  if (toSet.size === 0) return failed;
  try {
    await setLabels(writer, here, { toSet });
    return failed;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    printError(`error: ${error.message}\n`);
    return new Set([...failed, ...toSet.keys()]);
  }
}

/**
 * Writes the kubeconfigs of a plan one by one, and prints errors.
 * @returns clusters whose kubeconfig could not be written
 */
async function writeClusters(
  writer: FolderWriter,
  planned: readonly PlannedContext[],
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  for (const { cluster = "", action } of planned) {
    if (action.kind !== "create" && action.kind !== "replace") continue;
    const file = fileNameOf(cluster);
    try {
      await writer.write(file, action.text, { isNew: action.kind === "create" });
    } catch (error) {
      failed.add(cluster);
      printError(`error: Cannot write ${writer.path}/${file}: ${reasonOf(error)}\n`);
    }
  }
  return failed;
}

/** `NAME.kubeconfig` */
export const fileNameOf = (cluster: string) => basename(clustersFolder("/").fileOf(cluster));

/** Most names in one line. */
export const MOST_NAMES = 20;
