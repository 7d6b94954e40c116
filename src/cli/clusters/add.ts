import { CLUSTER_NAME_RULE, clustersFolder, isClusterName } from "../../clusters/folder.ts";
import { planImport } from "../../clusters/import/plan.ts";
import type { Source } from "../../clusters/import/source.ts";
import { existingClusters } from "../../clusters/import/existing.ts";
import { nearestName } from "../../operations/nearest.ts";
import { printable, shortList } from "../client/table.ts";
import { Failure } from "../failure.ts";
import { print, printError } from "../terminal.ts";
import { exitCodeOf, fileNameOf, MOST_NAMES, writePlan } from "./write_plan.ts";
import { type FolderFlags, folderHere, sameFolder } from "./here.ts";
import { changesFor, labelsFromFlags, printLabels } from "./labels.ts";
import { sourceHere } from "./source_here.ts";

export type AddFlags = FolderFlags & {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly label?: readonly string[];
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
};

/** Adds one cluster under a given name. */
export async function addCluster(flags: AddFlags, name?: string): Promise<number> {
  const { dryRun = false, overwrite = false } = flags;
  if (name === undefined) {
    throw new Failure("Missing NAME (clusters add NAME)", 2, { isInHelp: true });
  }
  if (!isClusterName(name)) {
    throw new Failure(`Cannot use name '${printable(name)}': ${CLUSTER_NAME_RULE}`, 2);
  }
  const labels = labelsFromFlags(flags.label);
  const here = await folderHere("clusters add", flags);
  const source = await sourceHere(flags.kubeconfig, here.rules);
  const context = contextOf(source, flags.context);
  const there = await existingClusters(clustersFolder(here.path), here.rules, source.files);
  const planned = planImport({
    config: source.config.reveal(),
    contexts: [context],
    names: new Map([[context, { name }]]),
    rules: here.rules,
    there,
    overwrite,
    anyName: false,
  });
  const [{ action, server, sameServerAs }] = planned as [typeof planned[number]];
  if (action.kind === "skipped") {
    throw new Failure(`Cannot add context '${printable(context)}' as '${name}': ${action.why}`);
  }
  const changes = changesFor(here, planned, labels, overwrite);
  printLabels(changes, labels);
  const failed: ReadonlySet<string> = dryRun ? new Set() : await writePlan(here, planned, changes);
  if (failed.size > 0) return 1;
  const done = { create: "created", replace: "replaced" }[action.kind as string] ?? "unchanged";
  print(`cluster/${name} ${done}${dryRun ? " (dry run)" : ""}\n`);
  const same = sameServerAs === undefined ? "" : ` (same server as cluster '${sameServerAs}')`;
  printError(`server  ${server}${same}\nfile    ${here.path}/${fileNameOf(name)}\n`);
  if (!dryRun && done !== "unchanged") {
    printError(`Next: argocd-configurer clusters check${sameFolder(flags)}\n`);
  }
  return exitCodeOf(planned, failed, changes);
}

/** The context to add. @throws {Failure} when there is no such context */
function contextOf({ config, files }: Source, given: string | undefined): string {
  const { contexts, "current-context": current } = config.reveal();
  const name = given ?? current;
  if (contexts.has(name)) return name;
  const names = [...contexts.keys()].sort();
  const where = files.map(printable).join(", ");
  if (given === undefined) {
    const why = current === ""
      ? "has no current-context"
      : `has no context for its current-context '${printable(current)}'`;
    throw new Failure(
      `${where} ${why}. Give --context, one of: ${shortList(names, MOST_NAMES)}`,
      2,
    );
  }
  const nearest = nearestName(given, names);
  const hint = nearest === undefined
    ? `, which has: ${shortList(names, MOST_NAMES)}`
    : ` (did you mean '${printable(nearest)}'?)`;
  throw new Failure(`No context '${printable(given)}' in ${where}${hint}`, 2);
}
