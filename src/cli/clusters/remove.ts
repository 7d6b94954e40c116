import { clustersFolder } from "../../clusters/folder.ts";
import { nearestName } from "../../operations/nearest.ts";
import { isTerminal, promptYes } from "../client/prompt.ts";
import { printable } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { reasonOf } from "../reason.ts";
import { print, printError } from "../terminal.ts";
import { fileNameOf, writerIn } from "./write_plan.ts";
import { type FolderFlags, type FolderHere, folderHere } from "./here.ts";
import { removeLabels } from "./labels.ts";

export type RemoveFlags = FolderFlags & { readonly yes?: boolean };

/** Removes clusters from the clusters folder; the clusters themselves are not changed. */
export async function removeClusters(
  { yes = false, ...flags }: RemoveFlags,
  ...given: string[]
): Promise<number> {
  const names = [...new Set(given)];
  if (names.length === 0) {
    throw new Failure("Missing NAME (clusters remove NAME)", 2, { isInHelp: true });
  }
  if (!yes && !isTerminal()) {
    throw new Failure("Cannot prompt without a terminal. Give --yes to remove", 2, {
      isInHelp: true,
    });
  }
  const here = await folderHere("clusters remove", flags);
  await checkThere(here, names);
  if (!yes) {
    for (const name of names) printError(`${here.path}/${fileNameOf(name)} would be removed\n`);
    const what = names.length === 1 ? `cluster '${names[0]}'` : `these ${names.length} clusters`;
    const theirs = names.length === 1 ? "the cluster itself" : "the clusters themselves";
    if (
      !await promptYes(`Remove ${what} from the clusters folder? Nothing changes on ${theirs}.`)
    ) {
      printError("Nothing was removed\n");
      return 0;
    }
  }
  return await remove(here, names);
}

/** @throws {Failure} when a cluster does not exist; then nothing is removed */
async function checkThere({ path }: FolderHere, names: readonly string[]): Promise<void> {
  const { names: there = [] } = await clustersFolder(path).look() ?? {};
  const missing = names.find((name) => !there.includes(name));
  if (missing === undefined) return;
  const nearest = nearestName(missing, there);
  const hint = nearest === undefined ? "" : ` (did you mean '${nearest}'?)`;
  throw new Failure(`No cluster '${printable(missing)}' in ${path}${hint}`);
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
  let keepsLabels = false;
  try {
    await removeLabels(writer, here, removed);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    printError(`error: ${error.message}\n`);
    keepsLabels = true;
  }
  if (removed.length === names.length && !keepsLabels) return 0;
  return removed.length === 0 ? 1 : 3;
}
