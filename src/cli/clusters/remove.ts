import { clustersFolder } from "../../clusters/folder.ts";
import { nearestName } from "../../operations/nearest.ts";
import { askYes, isTerminal } from "../client/ask.ts";
import { plain } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { reasonOf } from "../reason.ts";
import { print, printError } from "../terminal.ts";
import { fileNameOf, writerIn } from "./carry_out.ts";
import { type FolderFlags, type FolderHere, folderHere } from "./here.ts";
import { removeLabels } from "./labels.ts";

export type RemoveFlags = FolderFlags & { readonly yes?: boolean };

/** Removes clusters from the folder; the clusters themselves are not touched. */
export async function removeClusters(
  { yes = false, ...flags }: RemoveFlags,
  ...given: string[]
): Promise<number> {
  const names = [...new Set(given)];
  if (names.length === 0) {
    throw new Failure("Missing NAME (clusters remove NAME)", 2, { isInHelp: true });
  }
  if (!yes && !isTerminal()) {
    throw new Failure("Cannot ask whether to remove: there is no terminal; give --yes", 2, {
      isInHelp: true,
    });
  }
  const here = await folderHere("clusters remove", flags);
  await checkThere(here, names);
  if (!yes) {
    for (const name of names) printError(`${here.path}/${fileNameOf(name)} would be removed\n`);
    const what = names.length === 1 ? `cluster '${names[0]}'` : `these ${names.length} clusters`;
    if (!await askYes(`Remove ${what} from the folder? Nothing changes on the cluster itself.`)) {
      printError("Nothing was removed\n");
      return 0;
    }
  }
  return await remove(here, names);
}

/** @throws {Failure} when one is not there; then nothing is removed */
async function checkThere({ path }: FolderHere, names: readonly string[]): Promise<void> {
  const { names: there = [] } = await clustersFolder(path).look() ?? {};
  const missing = names.find((name) => !there.includes(name));
  if (missing === undefined) return;
  const nearest = nearestName(missing, there);
  const hint = nearest === undefined ? "" : ` (did you mean '${nearest}'?)`;
  throw new Failure(`There is no cluster '${plain(missing)}' in ${path}${hint}`);
}

async function remove(here: FolderHere, names: readonly string[]): Promise<number> {
  using writer = await writerIn(here);
  const removed: string[] = [];
  for (const name of names) {
    try {
      await writer.remove(fileNameOf(name));
      removed.push(name);
      print(`cluster/${name} removed\n`);
    } catch (error) {
      const file = `${here.path}/${fileNameOf(name)}`;
      printError(`error: Cannot remove ${file}: ${reasonOf(error)}\n`);
    }
  }
  let hasLabels = false;
  try {
    await removeLabels(writer, here, removed);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    printError(`error: ${error.message}\n`);
    hasLabels = true;
  }
  if (removed.length === names.length && !hasLabels) return 0;
  return removed.length === 0 ? 1 : 3;
}
