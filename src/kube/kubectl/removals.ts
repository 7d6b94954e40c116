import pLimit from "p-limit";
import type { Deadline } from "../deadline.ts";
import { KubeError, type KubeErrorKind } from "../errors.ts";
import { deleteOptions, pathOf } from "../manifest.ts";
import { doing, errorOf, notDone } from "../reasons.ts";
import { parsedJson } from "../../text/json.ts";
import { removedShape, whyOther } from "../shapes.ts";
import type { ItemOutcome, Removal, SecretStore, WriteOptions } from "../store.ts";
import { type Kubectl, UNREPORTED } from "./command.ts";

/**
 * Each is a process: a thousand at once would fill the queue that others wait in too. It is the
 * places of one cluster, so that a cluster far away is not waited for longer than need be.
 */
const AT_ONCE = 8;

/** How many are begun without a look at how long they take. */
const UNFORESEEN = 4 * AT_ONCE;

/** How many are tried to see how long all of them take. */
const TRIED = 2 * AT_ONCE;

/** How much longer than foreseen it may take: others may begin something on the machine. */
const MARGIN = 1.25;

/** What kubectl_timeout may be at most. */
const MOST_SECONDS = 3600;

/** Failures that all the others would meet, too. A dry run alone may be `invalid` for a webhook. */
const OF_ALL: ReadonlySet<KubeErrorKind> = new Set([
  "unreachable",
  "untrusted",
  "timeout",
  "unauthorized",
  "forbidden",
  "kubectl_missing",
  "invalid_kubeconfig",
  "busy",
]);

/**
 * Removals of secrets, a process each: only `delete --raw` sends preconditions. `delete -f` ignores
 * the uid and the version of what it is given.
 * @see https://github.com/kubernetes/kubectl/blob/v0.35.0/pkg/cmd/delete/delete.go (DeleteResult)
 */
export function kubectlRemovals(
  kubectl: Kubectl,
  cluster: string,
): Pick<SecretStore, "remove" | "foreseeRemoval"> {
  async function removeOne(
    removal: Removal,
    deadline: Deadline,
    options: WriteOptions,
  ): Promise<ItemOutcome> {
    const { uid, resourceVersion } = removal;
    const args = ["delete", `--raw=${pathOf("Secret", removal)}`, "--filename=-"];
    const body = JSON.stringify(deleteOptions(removal, options));
    const result = await kubectl.start(args, deadline, body);
    if (result.ended === "exit" && result.code === 0) {
      const shape = removedShape(removal);
      const answer = parsedJson(result.stdout); // it prints what was answered, whatever that is
      if (shape.fits(answer)) return { kind: "done", uid, resourceVersion };
      const why = whyOther(shape, answer);
      const report = { kind: "failed", why, uncertain: true } as const;
      return notDone(cluster, doing.write("delete", removal), report, removal);
    }
    const report = kubectl.failures(result, deadline)[0] ?? UNREPORTED;
    return notDone(cluster, doing.write("delete", removal), report, removal);
  }

  async function remove(
    removals: readonly Removal[],
    deadline: Deadline,
    options: WriteOptions = {},
  ): Promise<ItemOutcome[]> {
    return await pLimit(AT_ONCE).map(removals, (removal) =>
      // One that cannot be started is an outcome of that item: others may have been carried out.
      removeOne(removal, deadline, options).catch((error): ItemOutcome => {
        if (error instanceof KubeError) return { kind: "rejected", error };
        throw error;
      }));
  }

  /** Tries some, which takes as long as to delete them: it is the start of kubectl that costs. */
  async function foreseeRemoval(removals: readonly Removal[], deadline: Deadline): Promise<void> {
    if (removals.length <= UNFORESEEN) return;
    const began = performance.now();
    const outcomes = await remove(removals.slice(0, TRIED), deadline, { dryRun: true });
    for (const outcome of outcomes) {
      if (outcome.kind !== "done" && OF_ALL.has(outcome.error.kind)) throw outcome.error;
    }
    const needed = (performance.now() - began) / TRIED * removals.length * MARGIN;
    if (needed > deadline.remaining()) throw tooMany(removals.length, needed, deadline);
  }

  function tooMany(count: number, needed: number, deadline: Deadline): KubeError {
    const left = deadline.remaining() / 1000;
    // Half as much again, so that it is not refused once more for a machine that is a bit busier.
    const enough = Math.ceil(deadline.seconds - left + needed / 1000 * 1.5);
    const longer = enough > MOST_SECONDS ? "" : `kubectl_timeout to ${enough} or `;
    const why = `it takes about ${Math.ceil(needed / 1000)} seconds with a kubectl for each, and ` +
      `${Math.floor(left)} are left, so it was not begun; set ${longer}transport to api`;
    return errorOf(cluster, `delete ${count} secrets`, { kind: "timeout", why, uncertain: false });
  }

  return { remove, foreseeRemoval };
}
