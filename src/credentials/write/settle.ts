import type { Deadline, Pause } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { ItemOutcome, SecretStore, Snapshot } from "../../kube/store.ts";
import type { WriteTarget } from "./target.ts";

/** The context of every step of a write. */
export interface Work {
  readonly store: SecretStore;
  readonly deadline: Deadline;
  readonly writeId: string;
  /** Reports an error that is not a {@link KubeError}: a bug, which the write survives. */
  readonly onBug: (error: unknown) => void;
  readonly pause: Pause;
}

/** The state of an item: `settled` needs no retry, `retry` may succeed on a retry, `lost` will not. */
export type Judged = "settled" | "retry" | "lost";

/** One step of a write: how its items are sent, read and retried. */
export interface RetriedBatch<Item> {
  /** Sends the items, stores the outcome in each, and judges them in order. */
  send(items: readonly Item[]): Promise<readonly Judged[]>;
  /**
   * Reads the items before they are sent again, and judges them by what the cluster holds; `undefined`
   * when they cannot be read. @default nothing is read
   */
  look?(items: readonly Item[]): Promise<readonly Judged[] | undefined>;
  /** Milliseconds to wait after this many attempts. */
  wait(attempts: number): number;
  /** The most attempts. @default as many as the deadline allows */
  readonly attempts?: number;
  /**
   * Whether this is a rollback. It goes on when one item is lost, and retries a read that failed.
   * @default false
   */
  readonly isRollback?: boolean;
}

/** Retries after a race with other writers: random waits spread them; they give up after about 3 s. */
export const AFTER_A_RACE = {
  attempts: 5,
  wait: (attempts: number) => 50 * 2 ** attempts * (0.5 + Math.random()),
};

/**
 * Sends items; then waits, reads, and sends again those judged `retry`. Stops when all are `settled`, one is
 * `lost`, the attempts are used up, or the deadline passes. The step stores the outcome in each item.
 */
export async function settle<Item>(
  items: readonly Item[],
  step: RetriedBatch<Item>,
  { deadline, pause }: Pick<Work, "deadline" | "pause">,
): Promise<void> {
  const { attempts = Infinity, isRollback = false } = step;
  const rest = (judged: readonly Judged[]) =>
    judged.includes("lost") && !isRollback ? [] : left.filter((_, i) => judged[i] === "retry");
  let left = items;
  let isRead = true;
  for (let attempt = 1; left.length > 0; attempt++) {
    if (isRead) left = rest(await step.send(left));
    if (left.length === 0 || attempt === attempts) return;
    await pause(step.wait(attempt), deadline);
    if (deadline.signal.aborted) return;
    if (step.look === undefined) continue;
    const judged = await step.look(left);
    isRead = judged !== undefined;
    if (judged !== undefined) left = rest(judged);
    else if (!isRollback) return;
  }
}

/**
 * Sends one batch; without items it sends nothing.
 * @param doing the verb in the message of a bug
 * @returns an outcome for each item, in order, even when the store throws
 */
export async function sendBatch<Item>(
  items: readonly Item[],
  send: () => Promise<readonly ItemOutcome[]>,
  onBug: Work["onBug"],
  doing: "write" | "delete" = "write",
): Promise<readonly ItemOutcome[]> {
  if (items.length === 0) return [];
  try {
    return await send();
  } catch (thrown) {
    // A store throws a KubeError only when nothing was sent.
    if (thrown instanceof KubeError) return items.map(() => ({ kind: "rejected", error: thrown }));
    onBug(thrown);
    const error = new KubeError("internal", `Cannot ${doing}: internal error in argocd-configurer`);
    return items.map(() => ({ kind: "unknown", error }));
  }
}

/** The errors of a batch, including those of unanswered items. */
export function errorsOf(outcomes: readonly ItemOutcome[]): KubeError[] {
  return outcomes.flatMap((outcome) => outcome.kind === "done" ? [] : [outcome.error]);
}

/** Reads the targets from the cluster; `undefined` when they cannot be read. */
export async function readAgain(
  targets: readonly WriteTarget[],
  { store, deadline, onBug }: Omit<Work, "writeId">,
): Promise<Snapshot | undefined> {
  try {
    return await store.read(targets.map(({ desired }) => desired), deadline);
  } catch (error) {
    if (!(error instanceof KubeError)) onBug(error);
    return undefined;
  }
}
