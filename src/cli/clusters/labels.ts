import { LABELS_FILE } from "../../clusters/folder.ts";
import {
  type LabelChanges,
  labelChanges,
  labelsGiven,
} from "../../clusters/import/labels_given.ts";
import { withLabels, withoutClusters } from "../../clusters/import/labels_text.ts";
import type { PlannedContext } from "../../clusters/import/plan.ts";
import type { FolderWriter } from "../../clusters/import/write.ts";
import { type LabelsByCluster, LabelsInvalid, parseLabels } from "../../clusters/labels.ts";
import { ownSettings } from "../../clusters/own_settings.ts";
import { readTrusted } from "../../files/open.ts";
import { NotTrusted } from "../../files/trusted.ts";
import { seal } from "../../log/sealed.ts";
import { printable } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { plural } from "../../text/plural.ts";
import { reasonOf } from "../reason.ts";
import { printError } from "../terminal.ts";
import type { FolderHere } from "./here.ts";

/** The labels of `--label`. @throws {Failure} */
export function labelsFromFlags(
  given: readonly string[] | undefined,
): Readonly<Record<string, string>> {
  const found = labelsGiven(given);
  const reject = (why: string): never => {
    throw new Failure(`Cannot use --label: ${printable(why)}`, 2);
  };
  if ("why" in found) return reject(found.why);
  const settings = ownSettings(found.labels);
  return "why" in settings ? reject(settings.why) : found.labels;
}

/** The labels in the folder's `labels.yaml`. @throws {Failure} when it cannot be read or changed */
export function readLabels(here: FolderHere): LabelsByCluster {
  const text = readText(here);
  return changed(here, () => parseLabels(text));
}

/** The label changes of a plan, for the clusters that it keeps in the folder. @throws {Failure} */
export function changesFor(
  here: FolderHere,
  planned: readonly PlannedContext[],
  labels: Readonly<Record<string, string>>,
  overwrite: boolean,
): LabelChanges {
  if (Object.keys(labels).length === 0) return { toSet: new Map(), kept: [] };
  const clusters = planned.filter(({ action }) => /^(create|replace|unchanged)$/.test(action.kind))
    .flatMap(({ cluster }) => cluster ?? []);
  return labelChanges(readLabels(here), clusters, labels, overwrite);
}

/** Prints which labels are set, and which are kept. */
export function printLabels(
  { toSet, kept }: LabelChanges,
  labels: Readonly<Record<string, string>>,
): void {
  if (toSet.size > 0) {
    const what = Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(", ");
    printError(`Labels of ${plural(toSet.size, "cluster")}: ${what}\n`);
  }
  for (const { cluster, key, value } of kept) {
    printError(
      `warning: Cluster '${cluster}' keeps its label ${key}=${value}. Give --overwrite to ` +
        "replace it\n",
    );
  }
}

/** Sets labels. @throws {Failure} */
export async function setLabels(
  writer: FolderWriter,
  here: FolderHere,
  { toSet }: Pick<LabelChanges, "toSet">,
): Promise<void> {
  await change(writer, here, (text) => withLabels(text, toSet));
}

/** Removes all labels of clusters. @throws {Failure} */
export async function removeLabels(
  writer: FolderWriter,
  here: FolderHere,
  clusters: readonly string[],
): Promise<void> {
  await change(writer, here, (text) => withoutClusters(text, clusters));
}

async function change(
  writer: FolderWriter,
  here: FolderHere,
  by: (text: string) => string,
): Promise<void> {
  const before = readText(here);
  const text = changed(here, () => by(before));
  if (text === before) return;
  try {
    await writer.write(LABELS_FILE, seal(text), { isNew: false });
  } catch (error) {
    throw new Failure(`Cannot write ${pathIn(here)}: ${reasonOf(error)}`);
  }
}

const pathIn = ({ path }: FolderHere) => `${path}/${LABELS_FILE}`;

function readText(here: FolderHere): string {
  const path = pathIn(here);
  try {
    if (Deno.lstatSync(path).isSymlink) {
      throw new Failure(
        `Cannot change ${path}: it is a symbolic link, which is not followed. Edit the file itself`,
      );
    }
    return readTrusted(path, here.rules);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    if (error instanceof Failure) throw error;
    const why = error instanceof NotTrusted
      ? error.message
      : error instanceof TypeError
      ? "it is not UTF-8 text"
      : reasonOf(error);
    throw new Failure(`Cannot read ${path}: ${why}`);
  }
}

/** @throws {Failure} when the text is invalid */
function changed<T>(here: FolderHere, by: () => T): T {
  try {
    return by();
  } catch (error) {
    if (!(error instanceof LabelsInvalid)) throw error;
    const { message, about } = error;
    const named = about === undefined ? "" : ` (${printable(about)})`;
    throw new Failure(`Cannot use ${pathIn(here)}: ${printable(message)}${named}`);
  }
}
