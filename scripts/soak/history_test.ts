import assert from "node:assert/strict";
import { type Attempt, type Effect, type Held, judge, type Verdict } from "./history.ts";

const attempt = (value: string, began: number, ended: number, effect: Effect): Attempt => ({
  value,
  began,
  ended,
  effect,
});
const whole = (value: string): Held => ({ kind: "whole", value });
const NOTHING: Held = { kind: "nothing" };

const ONE_AFTER_ANOTHER: [string, Attempt[], Held, Verdict][] = [
  ["a written value is stored", [attempt("a", 0, 1, "written")], whole("a"), "right"],
  ["a written value is missing", [attempt("a", 0, 1, "written")], NOTHING, "lost"],
  [
    "nothing was written, and nothing is stored",
    [attempt("a", 0, 1, "not written")],
    NOTHING,
    "right",
  ],
  [
    "a value that was not written is stored",
    [attempt("a", 0, 1, "not written")],
    whole("a"),
    "denied",
  ],
  ["a value of unknown outcome is missing", [attempt("a", 0, 1, "maybe")], NOTHING, "right"],
  [
    "an older value than the last written one",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "written")],
    whole("a"),
    "lost",
  ],
  [
    "the value before a write that was rolled back",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "not written")],
    whole("a"),
    "right",
  ],
  [
    "a value that was reported as rolled back",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "not written")],
    whole("b"),
    "denied",
  ],
  [
    "a value of unknown outcome",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "maybe")],
    whole("b"),
    "right",
  ],
  [
    "a value without a response, written late",
    [attempt("a", 0, Infinity, "maybe"), attempt("b", 2, 3, "written")],
    whole("a"),
    "right",
  ],
  [
    "a value of unknown outcome, after which another was written",
    [attempt("a", 0, 1, "maybe"), attempt("b", 2, 3, "written")],
    whole("a"),
    "lost",
  ],
  ["a value that nobody sent", [attempt("a", 0, 1, "written")], whole("z"), "half-written"],
  [
    "parts of two values",
    [attempt("a", 0, 1, "written")],
    { kind: "half", why: "" },
    "half-written",
  ],
];

const AT_ONCE: typeof ONE_AFTER_ANOTHER = [
  [
    "the first of two written values",
    [attempt("a", 0, 2, "written"), attempt("b", 1, 3, "written")],
    whole("a"),
    "right",
  ],
  [
    "the second of two written values",
    [attempt("a", 0, 2, "written"), attempt("b", 1, 3, "written")],
    whole("b"),
    "right",
  ],
  [
    "a value that a third one has replaced since",
    [attempt("a", 0, 2, "written"), attempt("b", 1, 3, "written"), attempt("c", 4, 5, "written")],
    whole("b"),
    "lost",
  ],
  [
    "a value written during a longer write",
    [attempt("long", 0, 9, "not written"), attempt("b", 1, 3, "written")],
    whole("b"),
    "right",
  ],
];

for (const [sentence, attempts, held, verdict] of ONE_AFTER_ANOTHER) {
  Deno.test(`sequential writers: ${sentence}: ${verdict}`, () => {
    assert.equal(judge(attempts, held), verdict);
  });
}

for (const [sentence, attempts, held, verdict] of AT_ONCE) {
  Deno.test(`concurrent writers: ${sentence}: ${verdict}`, () => {
    assert.equal(judge(attempts, held), verdict);
  });
}
