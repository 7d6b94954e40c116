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
 * Concurrent removals. Each is a process, and a thousand would fill the queue for all requests. It equals
 * the slots of one cluster (`alivePerCluster`), so that a distant cluster takes no longer than necessary.
 */
const AT_ONCE = 8;

/** Up to this many removals are started without an estimate of their time. */
const UNFORESEEN = 4 * AT_ONCE;

/** How many removals are dry-run to estimate the time of all of them. */
const TRIED = 2 * AT_ONCE;

/** Safety factor of the estimate, since other work may start on the machine. */
const MARGIN = 1.25;

/** The maximum of `kubectl_timeout`. */
const MOST_SECONDS = 3600;

/** Failures that every removal would have. `invalid` is not one: a webhook may reject only dry runs. */
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
 * Removes secrets, with one process each: only `delete --raw` can send preconditions. `delete -f` ignores
 * the uid and the resourceVersion of the manifest.
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
      const answer = parsedJson(result.stdout); // kubectl prints the response unchecked
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
      // A kubectl that cannot be started is the outcome of one item: others may have been removed.
      removeOne(removal, deadline, options).catch((error): ItemOutcome => {
        if (error instanceof KubeError) return { kind: "rejected", error };
        throw error;
      }));
  }

  /** Times some dry runs: they take as long as deletions, since starting kubectl takes most of the time. */
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
    // Half as much again, so that it is not rejected again on a slightly busier machine.
    const enough = Math.ceil(deadline.seconds - left + needed / 1000 * 1.5);
    const longer = enough > MOST_SECONDS ? "" : `kubectl_timeout to ${enough} or `;
    const why =
      `one kubectl process per secret takes about ${Math.ceil(needed / 1000)} seconds, but ` +
      `only ${Math.floor(left)} are left, so nothing was deleted. Set ${longer}transport to api`;
    return errorOf(cluster, `delete ${count} secrets`, { kind: "timeout", why, uncertain: false });
  }

  return { remove, foreseeRemoval };
}
