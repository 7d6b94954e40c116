import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import { KubeError } from "../errors.ts";
import { deleteOptions, secretPath } from "../manifest.ts";
import { doing, notDone, type Reported } from "../reasons.ts";
import type { ItemOutcome, Removal, WriteOptions } from "../store.ts";
import { type Kubectl, UNREPORTED } from "./command.ts";
import { listOf } from "./reads.ts";
import type { ProcessResult } from "../process.ts";
import { parseWritten, WRITTEN_TEMPLATE } from "./templates.ts";

/** Each is a process: a thousand at once would fill the queue that others wait in too. */
const REMOVALS_AT_ONCE = 4;

/** One object of a batch. */
export interface WriteItem {
  /** Of a namespace: its own name. */
  readonly namespace: string;
  /** `namespace/name` as kubectl prints it: nothing before the slash for a namespace. */
  readonly key: string;
  /** For messages: "create secret 'a' in namespace 'b'". */
  readonly doing: string;
  /** Called once: values are in the open in it. */
  readonly wire: () => unknown;
}

export interface KubectlWrites {
  write(
    verb: "create" | "replace",
    items: readonly WriteItem[],
    deadline: Deadline,
    options?: WriteOptions,
  ): Promise<ItemOutcome[]>;
  remove(
    removals: readonly Removal[],
    deadline: Deadline,
    options?: WriteOptions,
  ): Promise<ItemOutcome[]>;
}

/** Objects of any kind as one process writes them, and removals of secrets, a process each. */
export function kubectlWrites(kubectl: Kubectl, cluster: string): KubectlWrites {
  async function write(
    verb: "create" | "replace",
    items: readonly WriteItem[],
    deadline: Deadline,
    { dryRun = false }: WriteOptions = {},
  ): Promise<ItemOutcome[]> {
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
  }

  /**
   * kubectl goes on after an item that fails, says on standard output which ones succeeded, and on
   * standard error one line for each that did not, in the order of the List.
   */
  function outcomes(
    items: readonly WriteItem[],
    result: ProcessResult,
    deadline: Deadline,
    dryRun: boolean,
  ): ItemOutcome[] {
    const written = parseWritten(result.stdout, dryRun);
    const failures = kubectl.failures(result, deadline);
    const missing = items.filter(({ key }) => !written.has(key));
    const reportOf = new Map<WriteItem, Reported>();
    missing.forEach((item, i) => {
      const isWhole = written.size === 0 && failures.every(({ whole }) => whole);
      const all = isWhole ? failures[0] : undefined;
      const own = failures.length === missing.length ? failures[i] : all;
      reportOf.set(item, own ?? { ...(failures[0] ?? UNREPORTED), uncertain: true });
    });
    return items.map((item) => {
      const done = written.get(item.key);
      if (done) return { kind: "done", ...done };
      return notDone(cluster, item.doing, reportOf.get(item)!, item);
    });
  }

  async function removeOne(
    removal: Removal,
    deadline: Deadline,
    options: WriteOptions,
  ): Promise<ItemOutcome> {
    const { uid, resourceVersion } = removal;
    const args = ["delete", `--raw=${secretPath(removal)}`, "--filename=-"];
    const body = JSON.stringify(deleteOptions(removal, options));
    const result = await kubectl.start(args, deadline, body);
    if (result.ended === "exit" && result.code === 0) return { kind: "done", uid, resourceVersion };
    const report = kubectl.failures(result, deadline)[0] ?? UNREPORTED;
    return notDone(cluster, doing.write("delete", removal), report, removal);
  }

  async function remove(
    removals: readonly Removal[],
    deadline: Deadline,
    options: WriteOptions = {},
  ): Promise<ItemOutcome[]> {
    return await pLimit(REMOVALS_AT_ONCE).map(removals, (removal) =>
      // One that cannot be started is an outcome of that item: others may have been carried out.
      removeOne(removal, deadline, options).catch((error): ItemOutcome => {
        if (error instanceof KubeError) return { kind: "rejected", error };
        throw error;
      }));
  }

  return { write, remove };
}
