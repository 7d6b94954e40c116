/**
 * The clock of a test in which nobody waits: `setTimeout`, `setInterval`, `AbortSignal.timeout`,
 * `performance.now` and `Date.now` (not `new Date()`) follow it, until it is disposed of.
 *
 *     using clock = fakeClock();
 *
 * Time stands still, and goes by in `advance`; or, when it `runs`, as soon as all wait for it.
 * The timers of `node:test` would not do: in Deno 2.9 they leave `performance.now` and
 * `AbortSignal.timeout` as they are.
 */
import { setImmediate } from "node:timers";

export interface FakeClock extends Disposable {
  /** Milliseconds that have gone by. */
  readonly elapsed: number;
  /** Lets so many milliseconds go by; what comes due is done one after the other, each at its time. */
  advance(milliseconds: number): Promise<void>;
  /** No time goes by, but what has come in by files and sockets is taken in. */
  settle(): Promise<void>;
}

export interface FakeClockOptions {
  /**
   * Time jumps to the next timer as soon as all promises have gone on as far as they can. Only for
   * what waits for nothing but timers while one is set: work on files or sockets would be overtaken
   * by it. @default false
   */
  readonly runs?: boolean;
}

interface Timer {
  readonly id: number;
  due: number;
  readonly interval?: number;
  readonly callback: () => void;
}

type Callback = (...args: unknown[]) => void;

/** Far from those of real timers, which are counted from 1. */
const FIRST_ID = 2 ** 40;

/** Turns of the event loop in which what lies ready in a socket gets to who reads it, and further. */
const TURNS = 10;

/** Jumps after which what a test waits for will never come. */
const MOST_JUMPS = 100_000;

const real = { setTimeout, clearTimeout, clearInterval };
let isSet = false;

export function fakeClock({ runs = false }: FakeClockOptions = {}): FakeClock {
  if (isSet) throw new Error("There is a fake clock already");
  isSet = true;

  const timers = new Map<number, Timer>();
  let nextId = FIRST_ID;
  let elapsed = 0;
  let isRunning = runs;
  let isJumping = false;
  let jumps = 0;

  function add(callback: Callback, delay: number | undefined, args: unknown[], repeats: boolean) {
    const milliseconds = Math.max(0, Number(delay) || 0);
    const id = nextId++;
    timers.set(id, {
      id,
      due: elapsed + milliseconds,
      ...(repeats ? { interval: Math.max(1, milliseconds) } : {}),
      callback: () => callback(...args),
    });
    if (isRunning) jump();
    return id;
  }

  /** The first one at or before this time; of equal ones who was set first. */
  function next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers.values()) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }

  function fire(timer: Timer): void {
    elapsed = Math.max(elapsed, timer.due);
    timers.delete(timer.id);
    if (timer.interval !== undefined) {
      timers.set(timer.id, { ...timer, due: elapsed + timer.interval });
    }
    timer.callback();
  }

  async function jump(): Promise<void> {
    if (isJumping) return;
    isJumping = true;
    for (await turn(); isRunning; await turn()) {
      const timer = next(Infinity);
      if (timer === undefined) break;
      if (++jumps > MOST_JUMPS) {
        throw new Error(`It waits in vain, ${elapsed} ms by the fake clock`);
      }
      fire(timer);
    }
    isJumping = false;
  }

  // Whole milliseconds, whose differences are exact.
  const began = { now: Date.now(), performance: Math.ceil(performance.now()) };
  const restore = [
    replace(
      globalThis,
      "setTimeout",
      (callback: Callback, delay?: number, ...args: unknown[]) => add(callback, delay, args, false),
    ),
    replace(
      globalThis,
      "setInterval",
      (callback: Callback, delay?: number, ...args: unknown[]) => add(callback, delay, args, true),
    ),
    replace(globalThis, "clearTimeout", (id?: number) => {
      if (!timers.delete(id!)) real.clearTimeout(id);
    }),
    replace(globalThis, "clearInterval", (id?: number) => {
      if (!timers.delete(id!)) real.clearInterval(id);
    }),
    replace(AbortSignal, "timeout", (milliseconds: number) => {
      const controller = new AbortController();
      const late = new DOMException("Signal timed out.", "TimeoutError");
      add(() => controller.abort(late), milliseconds, [], false);
      return controller.signal;
    }),
    replace(Date, "now", () => began.now + Math.floor(elapsed)),
    replace(performance, "now", () => began.performance + elapsed),
  ];

  return {
    get elapsed() {
      return elapsed;
    },
    async advance(milliseconds) {
      const end = elapsed + milliseconds;
      await turn();
      for (let timer = next(end); timer !== undefined; timer = next(end)) {
        fire(timer);
        await turn();
      }
      elapsed = end;
    },
    async settle() {
      for (let i = 0; i < TURNS; i++) await new Promise((resolve) => real.setTimeout(resolve, 0));
    },
    [Symbol.dispose]() {
      isRunning = false;
      timers.clear();
      for (const back of restore) back();
      isSet = false;
    },
  };
}

/** @returns what puts it back */
function replace<T extends object>(owner: T, name: keyof T, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(owner, name, before);
    else delete owner[name];
  };
}

/** One of the event loop, before which all promises go on as far as they can. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
