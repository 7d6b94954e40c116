/** Observes the server process: its children ten times a second, the rest every second. */
import { CAN_SEE, childrenOf, descriptors, processorTime, residentMemory } from "./processes.ts";
import { answerQuestions } from "./thread.ts";

export interface Watched {
  /** Number of running children, ten times a second. */
  readonly alive: readonly number[];
  /** Number of children that are still starting or have just started to respond. */
  readonly young: readonly number[];
  /** MB, every second. */
  readonly memory: readonly number[];
  /** Every second. */
  readonly descriptors: readonly number[];
  /** Seconds that the server's main thread was running, and was waiting for a CPU, at the end. */
  readonly processor: { readonly had: number; readonly waited: number };
}

/** Seconds. The server counts a silent child as started after 0.3 s, from before it exists. */
const YOUTH = 0.25;

const watched = {
  alive: [] as number[],
  young: [] as number[],
  memory: [] as number[],
  descriptors: [] as number[],
  processor: { had: NaN, waited: NaN },
};
let timers: ReturnType<typeof setInterval>[] = [];

function lookAtChildren(pid: number): void {
  const children = childrenOf(pid).filter(({ state }) => state !== "Z");
  watched.alive.push(children.length);
  watched.young.push(children.filter(({ age }) => age < YOUTH).length);
}

function lookAtServer(pid: number): void {
  const memory = residentMemory(pid);
  if (memory !== undefined) watched.memory.push(memory);
  const open = descriptors(pid);
  if (open !== undefined) watched.descriptors.push(open);
}

const answers = {
  start({ pid }: { pid: number }): void {
    if (!CAN_SEE) return;
    lookAtServer(pid);
    timers = [
      setInterval(() => lookAtChildren(pid), 100),
      setInterval(() => lookAtServer(pid), 1000),
    ];
  },
  finish({ pid }: { pid: number }): Watched {
    timers.forEach((timer) => clearInterval(timer));
    if (CAN_SEE) {
      lookAtServer(pid);
      watched.processor = processorTime(pid);
    }
    return watched;
  },
};

export type WatchThread = typeof answers;

answerQuestions(answers);
