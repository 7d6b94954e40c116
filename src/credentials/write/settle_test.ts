import assert from "node:assert/strict";
import type { Deadline } from "../../kube/deadline.ts";
import { KubeError } from "../../kube/errors.ts";
import { failure } from "../../kube/fake/faults.ts";
import { FakeCluster } from "../../kube/fake/store.ts";
import type { ItemOutcome } from "../../kube/store.ts";
import {
  AFTER_A_RACE,
  type Judged,
  readAgain,
  type RetriedBatch,
  sendBatch,
  settle,
} from "./settle.ts";

/** A deadline that passes when the test says so. */
function deadlineByHand(): Deadline & { pass(): void } {
  const end = new AbortController();
  return {
    signal: end.signal,
    seconds: 10,
    remaining: () => end.signal.aborted ? 0 : 10_000,
    pass: () => end.abort(),
  };
}

/** The judgement of each item at each send or read; the last one repeats. `?`: it cannot be read. */
type Words = readonly string[];

const WORDS: Readonly<Record<string, Judged>> = { o: "settled", a: "retry", l: "lost" };

interface Row {
  readonly what: string;
  /** One letter per item `x`, `y`, `z`: o (settled), a (retry) or l (lost). */
  readonly sends: Words;
  readonly looks?: Words;
  readonly more?: Pick<RetriedBatch<string>, "attempts" | "isRollback">;
  /** Counted in pauses; the deadline passes in that one. */
  readonly passesIn?: number;
  /** The expected calls, in order: `send xy`, `look y`, `pause 1`. */
  readonly asks: readonly string[];
}

const ROWS: readonly Row[] = [
  { what: "without items nothing is sent", sends: [], asks: [] },
  {
    what: "items that succeed immediately are neither waited for nor read",
    sends: ["oo"],
    asks: ["xy"],
  },
  {
    what: "only items that a retry may fix are sent again",
    sends: ["oao", "o"],
    asks: ["xyz", "pause 1", "y"],
  },
  {
    what: "a lost item ends the retries of the others, too",
    sends: ["aal"],
    asks: ["xyz"],
  },
  {
    what: "in a rollback, a lost item leaves the others to be sent",
    sends: ["lao", "o"],
    more: { isRollback: true },
    asks: ["xyz", "pause 1", "y"],
  },
  {
    what: "an item that is read as done is not sent again",
    sends: ["aa", "o"],
    looks: ["oa"],
    asks: ["xy", "pause 1", "look xy", "y"],
  },
  {
    what: "items that are read as not done are sent again, in the requested order",
    sends: ["aa", "oo"],
    looks: ["aa"],
    asks: ["xy", "pause 1", "look xy", "xy"],
  },
  {
    what: "if all items are read as done, nothing is sent again",
    sends: ["aa"],
    looks: ["oo"],
    asks: ["xy", "pause 1", "look xy"],
  },
  {
    what: "an item that is read as lost ends the batch",
    sends: ["aa"],
    looks: ["al"],
    asks: ["xy", "pause 1", "look xy"],
  },
  {
    what: "in a rollback, an item that is read as lost leaves the others to be sent",
    sends: ["aa", "o"],
    looks: ["al"],
    more: { isRollback: true },
    asks: ["xy", "pause 1", "look xy", "x"],
  },
  {
    what: "an item that cannot be read is not sent again",
    sends: ["a"],
    looks: ["?"],
    asks: ["x", "pause 1", "look x"],
  },
  {
    what:
      "in a rollback, an item that cannot be read is read again later, and sent only after that",
    sends: ["a", "o"],
    looks: ["?", "?", "a"],
    more: { isRollback: true },
    asks: ["x", "pause 1", "look x", "pause 2", "look x", "pause 3", "look x", "x"],
  },
  {
    what: "after the last attempt there is no pause and no read",
    sends: ["a"],
    looks: ["a"],
    more: { attempts: 3 },
    asks: ["x", "pause 1", "look x", "x", "pause 2", "look x", "x"],
  },
  {
    what: "a deadline that passes in the first pause ends the batch without a read",
    sends: ["a"],
    looks: ["a"],
    passesIn: 1,
    asks: ["x", "pause 1"],
  },
  {
    what: "a deadline that passes in a later pause ends the batch",
    sends: ["a"],
    looks: ["a"],
    passesIn: 2,
    asks: ["x", "pause 1", "look x", "x", "pause 2"],
  },
  {
    what: "in a rollback, only the deadline ends the reads of an item that cannot be read",
    sends: ["a"],
    looks: ["?"],
    more: { isRollback: true },
    passesIn: 4,
    asks: ["x", "pause 1", "look x", "pause 2", "look x", "pause 3", "look x", "pause 4"],
  },
];

for (const { what, sends, looks, more, passesIn, asks } of ROWS) {
  Deno.test(what, async () => {
    const asked: string[] = [];
    const deadline = deadlineByHand();
    const next = (words: Words, count: number, items: readonly string[]) => {
      const word = words[Math.min(count, words.length - 1)]!;
      if (word === "?") return undefined;
      assert.equal(word.length, items.length);
      return [...word].map((letter) => WORDS[letter]!);
    };
    let sent = 0;
    let seen = 0;
    let pauses = 0;
    await settle(["x", "y", "z"].slice(0, sends[0]?.length ?? 0), {
      ...more,
      wait: (attempts) => attempts,
      send(items) {
        asked.push(items.join(""));
        return Promise.resolve(next(sends, sent++, items)!);
      },
      ...looks && {
        look(items) {
          asked.push(`look ${items.join("")}`);
          return Promise.resolve(next(looks, seen++, items));
        },
      },
    }, {
      deadline,
      pause(milliseconds) {
        asked.push(`pause ${milliseconds}`);
        if (++pauses === passesIn) deadline.pass();
        return Promise.resolve();
      },
    });
    assert.deepEqual(asked, asks);
  });
}

Deno.test("after a race, each wait is about twice the previous one, and all of them take seconds", () => {
  const waits = Array.from({ length: AFTER_A_RACE.attempts - 1 }, (_, i) => i + 1);
  for (const attempts of waits) {
    const usual = 50 * 2 ** attempts;
    for (let i = 0; i < 100; i++) {
      const wait = AFTER_A_RACE.wait(attempts);
      assert.ok(wait >= usual / 2 && wait < usual * 1.5, `${wait} after ${attempts}`);
    }
  }
});

// --- one batch ----------------------------------------------------------------------------------

const done: ItemOutcome = { kind: "done", uid: "u", resourceVersion: "1" };

const BATCHES: [
  what: string,
  send: () => Promise<ItemOutcome[]>,
  kinds: string[],
  isFault: boolean,
][] = [
  ["outcomes are returned unchanged", () => Promise.resolve([done, done]), ["done", "done"], false],
  [
    "if nothing was sent, every item is rejected with the reason",
    () => Promise.reject(failure("busy")),
    ["rejected busy", "rejected busy"],
    false,
  ],
  [
    "after a bug, the outcome of every item is unknown",
    () => Promise.reject(new TypeError("a bug")),
    ["unknown internal", "unknown internal"],
    true,
  ],
  [
    "a bug that is thrown synchronously is a bug, too",
    () => {
      throw new TypeError("a bug");
    },
    ["unknown internal", "unknown internal"],
    true,
  ],
];

for (const [what, send, kinds, isFault] of BATCHES) {
  Deno.test(what, async () => {
    const faults: unknown[] = [];
    const outcomes = await sendBatch(["x", "y"], send, (fault) => faults.push(fault));
    const said = outcomes.map((each) =>
      each.kind === "done" ? each.kind : `${each.kind} ${each.error.kind}`
    );
    assert.deepEqual(said, kinds);
    assert.equal(faults.length, isFault ? 1 : 0);
  });
}

Deno.test("an empty batch sends nothing", async () => {
  const never = () => Promise.reject(new Error("it is asked"));
  assert.deepEqual(await sendBatch([], never, (fault) => assert.fail(String(fault))), []);
});

Deno.test("the message of a bug names the operation", async () => {
  for (const doing of ["write", "delete"] as const) {
    const [outcome] = await sendBatch(["x"], () => Promise.reject(new Error()), () => {}, doing);
    assert.ok(outcome?.kind === "unknown");
    assert.equal(outcome.error.message, `Cannot ${doing}: internal error in argocd-configurer`);
  }
});

// --- reading again ------------------------------------------------------------------------------

const LOOKS: [what: string, error: Error | undefined, faults: number][] = [
  ["the stored secrets are read again", undefined, 0],
  ["without a response, the outcome stays unknown", failure("unreachable"), 0],
  ["after a bug the outcome stays unknown, and the bug is reported", new TypeError("a bug"), 1],
];

for (const [what, error, expected] of LOOKS) {
  Deno.test(what, async () => {
    const cluster = new FakeCluster();
    const faults: unknown[] = [];
    const store = cluster.store();
    const read = () => error ? Promise.reject(error) : store.read([], deadlineByHand());
    const snapshot = await readAgain([], {
      store: { ...store, read },
      deadline: deadlineByHand(),
      onBug: (fault) => faults.push(fault),
      pause: () => Promise.resolve(),
    });
    assert.equal(snapshot === undefined, error !== undefined);
    assert.equal(faults.length, expected);
    assert.ok(faults.every((fault) => !(fault instanceof KubeError)));
  });
}
