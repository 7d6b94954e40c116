import assert from "node:assert/strict";
import { Waiting } from "./waiting.ts";

/** The lines at one time, for names that were started one second after another. */
function linesAt(
  second: number,
  { names, total = names.length, seconds = 30, finished = [], columns = 80, rows = 24 }: {
    readonly names: readonly string[];
    readonly total?: number;
    readonly seconds?: number;
    readonly finished?: readonly string[];
    readonly columns?: number;
    readonly rows?: number;
  },
): readonly string[] {
  let now = 0;
  const waiting = new Waiting(() => now);
  waiting.expect(total);
  names.forEach((name, i) => {
    now = i * 1000;
    waiting.start(name);
    waiting.limit(name, seconds);
  });
  finished.forEach((name) => waiting.finish(name));
  now = second * 1000;
  return waiting.lines({ columns, rows });
}

const five = ["a", "b", "c", "d", "e"];

const LINES: [what: string, shown: readonly string[], lines: readonly string[]][] = [
  ["one name", linesAt(9.9, { names: ["prod-12"] }), ["waiting for prod-12 (9 s of 30)"]],
  [
    "two names, a line each",
    linesAt(9, { names: ["b", "a"] }),
    ["waiting for b (9 s of 30)", "waiting for a (8 s of 30)"],
  ],
  [
    "as many names as fit, the longest waits first",
    linesAt(4, { names: five, rows: 3 }),
    ["waiting for a (4 s of 30)", "waiting for b (3 s of 30)", "and 3 more"],
  ],
  [
    "all names if they just fit",
    linesAt(4, { names: ["a", "b"], rows: 2 }),
    ["waiting for a (4 s of 30)", "waiting for b (3 s of 30)"],
  ],
  ["one name if only one fits", linesAt(4, { names: five, rows: 1 }), [
    "waiting for a (4 s of 30)",
  ]],
  [
    "the number of clusters that were not started",
    linesAt(1, { names: ["a"], total: 12 }),
    ["waiting for a (1 s of 30)", "and 11 more"],
  ],
  [
    "no finished clusters",
    linesAt(5, { names: five, total: 7, finished: ["a", "c", "d"] }),
    ["waiting for b (4 s of 30)", "waiting for e (1 s of 30)", "and 2 more"],
  ],
  ["a cluster without a timeout", linesAt(9, { names: ["a"], seconds: 0 }), [
    "waiting for a (9 s)",
  ]],
  ["a cluster that takes longer than its timeout", linesAt(31, { names: ["a"] }), [
    "waiting for a (31 s)",
  ]],
  [
    "a name that is too long for a narrow terminal",
    linesAt(4, { names: ["a-cluster-with-a-name"], columns: 20 }),
    ["waiting for a-clus…"],
  ],
  ["nothing", linesAt(4, { names: ["a"], finished: ["a"] }), []],
];

for (const [what, shown, lines] of LINES) {
  Deno.test(`the waiting lines show ${what}`, () => assert.deepEqual(shown, lines));
}
