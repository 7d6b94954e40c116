import type { Deadline } from "../deadline.ts";
import { notDone, type Reported } from "../reasons.ts";
import type { ItemOutcome } from "../store.ts";
import type { WriteItem, WriteItems } from "../writes.ts";
import { type Kubectl, UNREPORTED } from "./command.ts";
import { listOf } from "./reads.ts";
import type { ProcessResult } from "../process.ts";
import { parseWritten, WRITTEN_TEMPLATE } from "./templates.ts";

/** Writes objects of any kind, all with one process. */
export function kubectlWrites(kubectl: Kubectl, cluster: string): WriteItems {
  const write: WriteItems = async (verb, items, deadline, { dryRun = false } = {}) => {
    if (items.length === 0) return [];
    const result = await kubectl.start(
      [
        verb,
        "--validate=false",
        "--filename=-",
        "--field-manager=argocd-configurer",
        ...(dryRun ? ["--dry-run=server"] : []),
        `--output=go-template=${WRITTEN_TEMPLATE}`,
      ],
      deadline,
      listOf(items.map(({ wire }) => wire())),
    );
    return outcomes(items, result, deadline, dryRun);
  };

  /**
   * The outcome of each item. kubectl continues after a failed item. It prints the objects that succeeded
   * on standard output, and one line per failed object on standard error, in the order of the List.
   */
  function outcomes(
    items: readonly WriteItem[],
    result: ProcessResult,
    deadline: Deadline,
    dryRun: boolean,
  ): ItemOutcome[] {
    const written = parseWritten(result.stdout, dryRun);
    const failures = kubectl.failures(result, deadline);
    const missing = items.filter((item) => !written.has(keyOf(item)));
    const reportOf = new Map<WriteItem, Reported>();
    missing.forEach((item, i) => {
      const isWhole = written.size === 0 && failures.every(({ whole }) => whole);
      const all = isWhole ? failures[0] : undefined;
      const own = failures.length === missing.length ? failures[i] : all;
      reportOf.set(item, own ?? { ...(failures[0] ?? UNREPORTED), uncertain: true });
    });
    return items.map((item) => {
      const done = written.get(keyOf(item));
      if (done) return { kind: "done", ...done };
      return notDone(cluster, item.doing, reportOf.get(item)!, item);
    });
  }

  return write;
}

/** `namespace/name` as {@link WRITTEN_TEMPLATE} prints it; for a Namespace, nothing before the slash. */
function keyOf({ kind, namespace, name }: WriteItem): string {
  return kind === "Namespace" ? `/${name}` : `${namespace}/${name}`;
}
