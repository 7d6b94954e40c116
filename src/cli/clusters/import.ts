import { chooseContexts } from "../../clusters/import/choose.ts";
import { clusterNames } from "../../clusters/import/names.ts";
import { plan, type PlannedContext } from "../../clusters/import/plan.ts";
import type { Source } from "../../clusters/import/source.ts";
import { clustersThere, type ThereCluster } from "../../clusters/import/there.ts";
import { clustersFolder } from "../../clusters/folder.ts";
import { askYes, isTerminal } from "../client/ask.ts";
import { plain } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import { carryOut, countsOf, exitCodeOf, some, summaryOf } from "./carry_out.ts";
import { type FolderFlags, type FolderHere, folderHere, sameFolder } from "./here.ts";
import { changesFor, labelsOf, sayLabels } from "./labels.ts";
import { planText } from "./show_plan.ts";
import { sourceHere } from "./source_here.ts";

export type ImportFlags = FolderFlags & {
  readonly kubeconfig?: string;
  readonly context?: readonly string[];
  readonly label?: readonly string[];
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
};

/** Makes a kubeconfig of its own of each context that is meant. */
export async function importClusters(flags: ImportFlags): Promise<number> {
  const { dryRun = false, yes = false, overwrite = false } = flags;
  const isAsked = !dryRun && !yes;
  if (isAsked && !isTerminal()) {
    throw new Failure(
      "Cannot ask whether to import: there is no terminal; give --yes, or --dry-run to see the plan",
      2,
    );
  }
  const labels = labelsOf(flags.label);
  const here = await folderHere("clusters import", flags);
  const source = await sourceHere(flags.kubeconfig, here.rules);
  const contexts = chosen(source, flags.context);
  const there = await clustersThere(clustersFolder(here.path), here.rules, source.files);
  const planned = planFor(source, contexts, there, here, overwrite);
  printError(`${source.files.map(plain).join(", ")} -> ${here.path}\n`);
  print(planText(planned));
  const changes = changesFor(here, planned, labels, overwrite);
  sayLabels(changes, labels);
  const writes = planned.filter(({ action }) => /^(create|replace)$/.test(action.kind)).length;
  const none: ReadonlySet<string> = new Set();
  if (dryRun || writes + changes.toSet.size === 0) {
    printError(`${summaryOf(countsOf(planned))}${dryRun ? " (dry run)" : ""}\n`);
    return exitCodeOf(planned, none, changes);
  }
  if (isAsked && !await askYes(question(writes, here))) {
    printError("Nothing was imported\n");
    return 0;
  }
  const failed = await carryOut(here, planned, changes);
  printError(`${summaryOf(countsOf(planned, failed))}, in ${here.path}\n`);
  const code = exitCodeOf(planned, failed, changes);
  if (code !== 1) sayNext(flags, planned, [...there.values()]);
  return code;
}

const question = (writes: number, { path }: FolderHere) =>
  writes === 0
    ? `Set the labels in ${path}?`
    : `Write ${writes} kubeconfig${writes === 1 ? "" : "s"} to ${path}?`;

/** @throws {Failure} when there are none, or a pattern has no match */
function chosen({ config, files }: Source, given: readonly string[] | undefined): string[] {
  const contexts = [...config.reveal().contexts.keys()].sort();
  const where = files.map(plain).join(", ");
  if (contexts.length === 0) throw new Failure(`There are no contexts in ${where}`);
  const found = chooseContexts(contexts, given);
  if ("unmatched" in found) {
    const pattern = plain(found.unmatched);
    throw new Failure(
      `No context matches '${pattern}' in ${where}, which has: ${some(contexts)}`,
      2,
    );
  }
  if (found.contexts.length === 0) throw new Failure(`--context takes out every context`, 2);
  return [...found.contexts];
}

function planFor(
  { config }: Source,
  contexts: readonly string[],
  there: ReadonlyMap<string, ThereCluster>,
  { rules }: FolderHere,
  overwrite: boolean,
): PlannedContext[] {
  const all = [...config.reveal().contexts]
    .map(([context, { cluster, user }]) => ({ context, cluster, user }));
  const names = clusterNames(all);
  return plan({ config: config.reveal(), contexts, names, rules, there, overwrite });
}

/** What to do now. */
function sayNext(
  flags: FolderFlags,
  planned: readonly PlannedContext[],
  there: readonly ThereCluster[],
): void {
  const same = sameFolder(flags);
  const used = new Set(planned.map(({ cluster }) => cluster));
  for (const { name } of there.filter(({ name, isSource }) => isSource && !used.has(name))) {
    printError(
      `note: cluster '${name}' is the file that was imported from; if it is no longer needed: ` +
        `argocd-configurer clusters remove ${name}${same}\n`,
    );
  }
  printError(`Next: argocd-configurer clusters check${same}\n`);
}
