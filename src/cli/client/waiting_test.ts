import assert from "node:assert/strict";
import { Waiting } from "./waiting.ts";

/** What is awaited, begun one second after the other, and told at that second. */
function lineAt(
  second: number,
  { names, total = names.length, seconds = 30, ended = [], columns }: {
    readonly names: readonly string[];
    readonly total?: number;
    readonly seconds?: number;
    readonly ended?: readonly string[];
    readonly columns?: number;
  },
): string | undefined {
  let now = 0;
  const waiting = new Waiting(total, () => now);
  names.forEach((name, i) => {
    now = i * 1000;
    waiting.begin(name);
    waiting.limit(name, seconds);
  });
  ended.forEach((name) => waiting.end(name));
  now = second * 1000;
  return waiting.line(columns);
}

const five = ["a", "b", "c", "d", "e"];

const LINES: [what: string, told: string | undefined, line: string | undefined][] = [
  ["one", lineAt(9.9, { names: ["prod-12"] }), "waiting for prod-12 (9 s of 30)"],
  ["two", lineAt(9, { names: ["b", "a"] }), "waiting for b (9 s of 30) and a (8 s of 30)"],
  [
    "three",
    lineAt(2, { names: ["a", "b", "c"] }),
    "waiting for a (2 s of 30), b (1 s of 30) and c (0 s of 30)",
  ],
  [
    "more",
    lineAt(4, { names: five }),
    "waiting for a (4 s of 30), b (3 s of 30), c (2 s of 30) and 2 more",
  ],
  [
    "some that have not begun",
    lineAt(1, { names: ["a"], total: 12 }),
    "waiting for a (1 s of 30) and 11 more",
  ],
  [
    "some that have ended",
    lineAt(5, { names: five, total: 7, ended: ["a", "c", "d"] }),
    "waiting for b (4 s of 30), e (1 s of 30) and 2 more",
  ],
  ["one without an end", lineAt(9, { names: ["a"], seconds: 0 }), "waiting for a (9 s)"],
  ["one that takes longer", lineAt(31, { names: ["a"] }), "waiting for a (31 s)"],
  [
    "what a narrow terminal has no room for",
    lineAt(4, { names: five, columns: 45 }),
    "waiting for a (4 s of 30) and 4 more",
  ],
  [
    "a name that is too long for it",
    lineAt(4, { names: ["a-cluster-with-a-name"], columns: 20 }),
    "waiting for a-clus…",
  ],
  ["nothing", lineAt(4, { names: ["a"], ended: ["a"] }), undefined],
];

for (const [what, told, line] of LINES) {
  Deno.test(`of what is awaited is told: ${what}`, () => assert.equal(told, line));
}
