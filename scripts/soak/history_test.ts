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
  ["what was written is there", [attempt("a", 0, 1, "written")], whole("a"), "right"],
  ["what was written is gone", [attempt("a", 0, 1, "written")], NOTHING, "lost"],
  [
    "nothing was written, and nothing is there",
    [attempt("a", 0, 1, "not written")],
    NOTHING,
    "right",
  ],
  [
    "what was not to be written is there",
    [attempt("a", 0, 1, "not written")],
    whole("a"),
    "denied",
  ],
  ["what may be written is not there", [attempt("a", 0, 1, "maybe")], NOTHING, "right"],
  [
    "an older value than the last written one",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "written")],
    whole("a"),
    "lost",
  ],
  [
    "the one before a write that was put back",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "not written")],
    whole("a"),
    "right",
  ],
  [
    "one that was not put back as said",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "not written")],
    whole("b"),
    "denied",
  ],
  [
    "one of which nobody knew",
    [attempt("a", 0, 1, "written"), attempt("b", 2, 3, "maybe")],
    whole("b"),
    "right",
  ],
  [
    "one without an answer, which came to be carried out after all",
    [attempt("a", 0, Infinity, "maybe"), attempt("b", 2, 3, "written")],
    whole("a"),
    "right",
  ],
  [
    "one of which nobody knew, and after it another was written",
    [attempt("a", 0, 1, "maybe"), attempt("b", 2, 3, "written")],
    whole("a"),
    "lost",
  ],
  ["a value that nobody has sent", [attempt("a", 0, 1, "written")], whole("z"), "half-written"],
  [
    "parts of two values",
    [attempt("a", 0, 1, "written")],
    { kind: "half", why: "" },
    "half-written",
  ],
];

const AT_ONCE: typeof ONE_AFTER_ANOTHER = [
  [
    "the first of two to be answered",
    [attempt("a", 0, 2, "written"), attempt("b", 1, 3, "written")],
    whole("a"),
    "right",
  ],
  [
    "the second of two to be answered",
    [attempt("a", 0, 2, "written"), attempt("b", 1, 3, "written")],
    whole("b"),
    "right",
  ],
  [
    "one that a third has replaced since",
    [attempt("a", 0, 2, "written"), attempt("b", 1, 3, "written"), attempt("c", 4, 5, "written")],
    whole("b"),
    "lost",
  ],
  [
    "the one that is answered before a long one",
    [attempt("long", 0, 9, "not written"), attempt("b", 1, 3, "written")],
    whole("b"),
    "right",
  ],
];

for (const [sentence, attempts, held, verdict] of ONE_AFTER_ANOTHER) {
  Deno.test(`writers in turns: ${sentence}: ${verdict}`, () => {
    assert.equal(judge(attempts, held), verdict);
  });
}

for (const [sentence, attempts, held, verdict] of AT_ONCE) {
  Deno.test(`writers at once: ${sentence}: ${verdict}`, () => {
    assert.equal(judge(attempts, held), verdict);
  });
}
