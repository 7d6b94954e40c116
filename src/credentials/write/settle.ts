import type { Deadline, Pause } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import type { ItemOutcome, SecretStore, Snapshot } from "../../kube/store.ts";
import type { Target } from "./target.ts";

/** What every step of a write works with. */
export interface Work {
  readonly store: SecretStore;
  readonly deadline: Deadline;
  readonly writeId: string;
  /** Told of a fault that is no {@link KubeError}: a bug, which the write survives. */
  readonly onFault: (error: unknown) => void;
  readonly pause: Pause;
}

/** Of an item: there is nothing left to try, another try may do it, or none will. */
export type Judged = "over" | "again" | "lost";

/** One step of a write: how its items are sent, and how it is told what became of them. */
export interface Step<Item> {
  /** Sends these, notes in each what came of it, and judges them in order. */
  send(items: readonly Item[]): Promise<readonly Judged[]>;
  /**
   * Reads the items before they are sent again, and judges them by that; `undefined` when they
   * cannot be read. @default nothing is read
   */
  look?(items: readonly Item[]): Promise<readonly Judged[] | undefined>;
  /** Milliseconds to wait after so many tries. */
  wait(attempts: number): number;
  /** Tries at most. @default as many as the deadline allows */
  readonly attempts?: number;
  /**
   * Whether it undoes: then the others are tried though one is lost, and what cannot be read now is
   * read later. @default false
   */
  readonly isUndo?: boolean;
}

/** For what others may have changed at the same time: they are spread, and have given up after 3 s. */
export const AFTER_A_RACE = {
  attempts: 5,
  wait: (attempts: number) => 50 * 2 ** attempts * (0.5 + Math.random()),
};

/**
 * Sends items and, after a wait and a look, sends again those that another try may do: until all is
 * over, one is lost, the tries are used up or the deadline passes. What became of each item is what
 * the step has noted.
 */
export async function settle<Item>(
  items: readonly Item[],
  step: Step<Item>,
  { deadline, pause }: Pick<Work, "deadline" | "pause">,
): Promise<void> {
  const { attempts = Infinity, isUndo = false } = step;
  const rest = (judged: readonly Judged[]) =>
    judged.includes("lost") && !isUndo ? [] : left.filter((_, i) => judged[i] === "again");
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
    else if (!isUndo) return;
  }
}

/**
 * Sends one batch; nothing is asked for no items.
 * @param doing for the message of a bug
 * @returns an outcome for each item, in order, also when the store throws
 */
export async function sendBatch<Item>(
  items: readonly Item[],
  send: () => Promise<readonly ItemOutcome[]>,
  onFault: Work["onFault"],
  doing: "write" | "delete" = "write",
): Promise<readonly ItemOutcome[]> {
  if (items.length === 0) return [];
  try {
    return await send();
  } catch (fault) {
    // A store throws a KubeError only when nothing was sent.
    if (fault instanceof KubeError) return items.map(() => ({ kind: "rejected", error: fault }));
    onFault(fault);
    const error = new KubeError("internal", `Cannot ${doing}: an error inside this program`);
    return items.map(() => ({ kind: "unknown", error }));
  }
}

/** Why those of a batch that are not known to be done are not. */
export function errorsOf(outcomes: readonly ItemOutcome[]): KubeError[] {
  return outcomes.flatMap((outcome) => outcome.kind === "done" ? [] : [outcome.error]);
}

/** What the cluster holds now of these targets, or `undefined` when it cannot be read. */
export async function readAgain(
  targets: readonly Target[],
  { store, deadline, onFault }: Omit<Work, "writeId">,
): Promise<Snapshot | undefined> {
  try {
    return await store.read(targets.map(({ desired }) => desired), deadline);
  } catch (error) {
    if (!(error instanceof KubeError)) onFault(error);
    return undefined;
  }
}
