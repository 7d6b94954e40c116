import { chooseContexts } from "../../clusters/import/choose.ts";
import { clusterNamesOf } from "../../clusters/import/names.ts";
import { planImport, type PlannedContext } from "../../clusters/import/plan.ts";
import type { Source } from "../../clusters/import/source.ts";
import { type ExistingCluster, existingClusters } from "../../clusters/import/existing.ts";
import { clustersFolder } from "../../clusters/folder.ts";
import { isTerminal, promptYes } from "../client/prompt.ts";
import { printable, shortList } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { plural } from "../../text/plural.ts";
import { print, printError } from "../terminal.ts";
import { countsOf, exitCodeOf, importSummary, MOST_NAMES, writePlan } from "./write_plan.ts";
import { type FolderFlags, type FolderHere, folderHere, sameFolder } from "./here.ts";
import { changesFor, labelsFromFlags, printLabels } from "./labels.ts";
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

/** Writes a kubeconfig for each selected context. */
export async function importClusters(flags: ImportFlags): Promise<number> {
  const { dryRun = false, yes = false, overwrite = false } = flags;
  const isAsked = !dryRun && !yes;
  if (isAsked && !isTerminal()) {
    throw new Failure(
      "Cannot prompt without a terminal. Give --yes to import, or --dry-run to see the plan",
      2,
    );
  }
  const labels = labelsFromFlags(flags.label);
  const here = await folderHere("clusters import", flags);
  const source = await sourceHere(flags.kubeconfig, here.rules);
  const contexts = chosen(source, flags.context);
  const there = await existingClusters(clustersFolder(here.path), here.rules, source.files);
  const planned = planFor(source, contexts, there, here, overwrite);
  printError(`${source.files.map(printable).join(", ")} -> ${here.path}\n`);
  print(planText(planned));
  const changes = changesFor(here, planned, labels, overwrite);
  printLabels(changes, labels);
  const writes = planned.filter(({ action }) => /^(create|replace)$/.test(action.kind)).length;
  const none: ReadonlySet<string> = new Set();
  if (dryRun || writes + changes.toSet.size === 0) {
    printError(`${importSummary(countsOf(planned))}${dryRun ? " (dry run)" : ""}\n`);
    return exitCodeOf(planned, none, changes);
  }
  if (isAsked && !await promptYes(question(writes, here))) {
    printError("Nothing was imported\n");
    return 0;
  }
  const failed = await writePlan(here, planned, changes);
  printError(`${importSummary(countsOf(planned, failed))}, in ${here.path}\n`);
  const code = exitCodeOf(planned, failed, changes);
  if (code !== 1) printNext(flags, planned, [...there.values()]);
  return code;
}

const question = (writes: number, { path }: FolderHere) =>
  writes === 0 ? `Set the labels in ${path}?` : `Write ${plural(writes, "kubeconfig")} to ${path}?`;

/** The contexts to import. @throws {Failure} when there are none, or a pattern has no match */
function chosen({ config, files }: Source, given: readonly string[] | undefined): string[] {
  const contexts = [...config.reveal().contexts.keys()].sort();
  const where = files.map(printable).join(", ");
  if (contexts.length === 0) throw new Failure(`No contexts in ${where}`);
  const found = chooseContexts(contexts, given);
  if ("unmatched" in found) {
    const pattern = printable(found.unmatched);
    throw new Failure(
      `No context matches '${pattern}' in ${where}, which has: ${shortList(contexts, MOST_NAMES)}`,
      2,
    );
  }
  if (found.contexts.length === 0) throw new Failure("--context excludes every context", 2);
  return [...found.contexts];
}

function planFor(
  { config }: Source,
  contexts: readonly string[],
  there: ReadonlyMap<string, ExistingCluster>,
  { rules }: FolderHere,
  overwrite: boolean,
): PlannedContext[] {
  const all = [...config.reveal().contexts]
    .map(([context, { cluster, user }]) => ({ context, cluster, user }));
  const names = clusterNamesOf(all);
  return planImport({ config: config.reveal(), contexts, names, rules, there, overwrite });
}

/** Prints the next steps. */
function printNext(
  flags: FolderFlags,
  planned: readonly PlannedContext[],
  there: readonly ExistingCluster[],
): void {
  const same = sameFolder(flags);
  const used = new Set(planned.map(({ cluster }) => cluster));
  for (const { name } of there.filter(({ name, isSource }) => isSource && !used.has(name))) {
    printError(
      `note: cluster '${name}' is the kubeconfig that was imported. If you no longer need it: ` +
        `argocd-configurer clusters remove ${name}${same}\n`,
    );
  }
  printError(`Next: argocd-configurer clusters check${same}\n`);
}
