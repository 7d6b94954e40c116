/**
 * A fake clock, so that tests do not wait: `setTimeout`, `setInterval`, `AbortSignal.timeout`,
 * `performance.now` and `Date.now` (not `new Date()`) use it until it is disposed.
 *
 *     using clock = fakeClock();
 *
 * Time advances with `advance` only; or, with `runs`, whenever all promises wait for a timer. The mock
 * timers of `node:test` do not suffice: in Deno 2.9 they do not mock `performance.now` and
 * `AbortSignal.timeout`.
 */
import { setImmediate } from "node:timers";

export interface FakeClock extends Disposable {
  /** Elapsed milliseconds. */
  readonly elapsed: number;
  /** Advances the time by milliseconds, and runs due timers in order, each at its time. */
  advance(milliseconds: number): Promise<void>;
  /** Processes pending input of files and sockets without advancing the time. */
  settle(): Promise<void>;
}

export interface FakeClockOptions {
  /**
   * Whether time jumps to the next timer as soon as all promises are settled or waiting. Only for code
   * that waits for nothing but timers: timers would fire before pending work on files or sockets.
   * @default false
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

/** The first timer id, far from those of real timers, which start at 1. */
const FIRST_ID = 2 ** 40;

/** Turns of the event loop until data in a socket has reached its readers. */
const TURNS = 10;

/** The most jumps, after which the test is stuck. */
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

  /** The next timer due at this time; of equal ones the one that was set first. */
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

  // Whole milliseconds, so that differences are exact.
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

/** @returns a function that restores it */
function replace<T extends object>(owner: T, name: keyof T, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(owner, name, before);
    else delete owner[name];
  };
}

/** One turn of the event loop, before which all promises continue as far as they can. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
