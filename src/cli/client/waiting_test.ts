import assert from "node:assert/strict";
import { Waiting } from "./waiting.ts";

/** What is awaited, begun one second after the other, and told at that second. */
function linesAt(
  second: number,
  { names, total = names.length, seconds = 30, ended = [], columns = 80, rows = 24 }: {
    readonly names: readonly string[];
    readonly total?: number;
    readonly seconds?: number;
    readonly ended?: readonly string[];
    readonly columns?: number;
    readonly rows?: number;
  },
): readonly string[] {
  let now = 0;
  const waiting = new Waiting(() => now);
  waiting.expect(total);
  names.forEach((name, i) => {
    now = i * 1000;
    waiting.begin(name);
    waiting.limit(name, seconds);
  });
  ended.forEach((name) => waiting.end(name));
  now = second * 1000;
  return waiting.lines({ columns, rows });
}

const five = ["a", "b", "c", "d", "e"];

const LINES: [what: string, told: readonly string[], lines: readonly string[]][] = [
  ["one", linesAt(9.9, { names: ["prod-12"] }), ["waiting for prod-12 (9 s of 30)"]],
  [
    "two, a line each",
    linesAt(9, { names: ["b", "a"] }),
    ["waiting for b (9 s of 30)", "waiting for a (8 s of 30)"],
  ],
  [
    "as many as there is room for, those that have been awaited for longest",
    linesAt(4, { names: five, rows: 3 }),
    ["waiting for a (4 s of 30)", "waiting for b (3 s of 30)", "and 3 more"],
  ],
  [
    "all where there is just enough room",
    linesAt(4, { names: ["a", "b"], rows: 2 }),
    ["waiting for a (4 s of 30)", "waiting for b (3 s of 30)"],
  ],
  ["one where there is room for one", linesAt(4, { names: five, rows: 1 }), [
    "waiting for a (4 s of 30)",
  ]],
  [
    "some that have not begun",
    linesAt(1, { names: ["a"], total: 12 }),
    ["waiting for a (1 s of 30)", "and 11 more"],
  ],
  [
    "some that have ended",
    linesAt(5, { names: five, total: 7, ended: ["a", "c", "d"] }),
    ["waiting for b (4 s of 30)", "waiting for e (1 s of 30)", "and 2 more"],
  ],
  ["one without an end", linesAt(9, { names: ["a"], seconds: 0 }), ["waiting for a (9 s)"]],
  ["one that takes longer", linesAt(31, { names: ["a"] }), ["waiting for a (31 s)"]],
  [
    "a name that is too long for a narrow terminal",
    linesAt(4, { names: ["a-cluster-with-a-name"], columns: 20 }),
    ["waiting for a-clus…"],
  ],
  ["nothing", linesAt(4, { names: ["a"], ended: ["a"] }), []],
];

for (const [what, told, lines] of LINES) {
  Deno.test(`of what is awaited is told: ${what}`, () => assert.deepEqual(told, lines));
}
