import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { ChainCheck, type ChainHash, linkTo, NO_LINE, withLink } from "./chain.ts";

const hashBy = (key: string): ChainHash => (text) =>
  createHmac("sha256", key).update(text).digest("hex").slice(0, 32);

const hash = hashBy("a key of the test");

const timeOf = (line: string) => (JSON.parse(line) as { time: string }).time;

/** Chained lines from `t0` on, after those of an earlier version, if there are any. */
function linked(count: number, before: readonly string[] = []): string[] {
  let link = before.length === 0 ? NO_LINE : linkTo(before.at(-1)!, hash);
  return Array.from({ length: count }, (_, i) => {
    const linked = withLink(JSON.stringify({ time: `t${i}`, what: "a write" }), link, hash);
    link = linked.link;
    return linked.line;
  });
}

const unlinked = (count: number) =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ time: `old${i}` }));

function seen(lines: readonly string[], by: ConstructorParameters<typeof ChainCheck>[0] = hash) {
  const check = new ChainCheck(by);
  for (const line of lines.toReversed()) check.see(line, timeOf(line));
  return check.seen;
}

const LINES = linked(6);
const OLD = unlinked(2);
const BOTH = [...OLD, ...linked(3, OLD)];

/** A line by somebody without the key. */
const forged = (line: string) => {
  const { link: _, ...rest } = JSON.parse(line);
  return withLink(JSON.stringify({ ...rest, what: "something else" }), "0", hashBy("another")).line;
};

const UNBROKEN: [what: string, lines: string[], checked: number][] = [
  ["all lines", LINES, 5],
  ["one line", LINES.slice(0, 1), 0],
  ["a log without its oldest lines", LINES.slice(2), 3],
  // It cannot be detected, as SECURITY.md says.
  ["a log without its newest lines", LINES.slice(0, 4), 3],
  ["lines after those of an earlier version", BOTH, 3],
];

for (const [what, lines, checked] of UNBROKEN) {
  Deno.test(`the chain of ${what} is unbroken`, () => {
    assert.deepEqual(seen(lines), { state: "unbroken", checked });
  });
}

const BROKEN: [what: string, lines: string[], at: string[]][] = [
  ["a missing line", LINES.toSpliced(2, 1), ["t3"]],
  ["two missing lines in different places", [0, 2, 3, 5].map((i) => LINES[i]!), ["t5", "t2"]],
  ["a changed line", LINES.with(2, LINES[2]!.replace("a write", "no write")), ["t2"]],
  ["the newest line, changed", LINES.with(5, LINES[5]!.replace("a write", "no write")), ["t5"]],
  ["the newest line, forged", LINES.with(5, forged(LINES[5]!)), ["t5"]],
  ["a forged line", LINES.with(2, forged(LINES[2]!)), ["t3", "t2"]],
  ["swapped lines", [0, 2, 1, 3].map((i) => LINES[i]!), ["t3", "t1", "t2"]],
  ["a repeated line", LINES.toSpliced(2, 0, LINES[2]!), ["t2"]],
  ["older lines repeated at the end", [...LINES, ...LINES.slice(1, 3)], ["t1"]],
  ["a line without a link among chained lines", LINES.toSpliced(2, 0, OLD[0]!), ["t2", "old0"]],
  ["a line without a link at the end", [...LINES, OLD[0]!], ["old0"]],
  ["the last line of an earlier version, changed", BOTH.with(1, OLD[0]!), ["t0"]],
  ["the last line of an earlier version, missing", BOTH.toSpliced(1, 1), ["t0"]],
  ["a removed link", LINES.with(1, JSON.stringify({ time: "t1" })), ["t2", "t1"]],
];

for (const [what, lines, at] of BROKEN) {
  Deno.test(`${what} is detected, by the entries that do not follow the one before`, () => {
    const { state, broken_at } = seen(lines);
    assert.deepEqual([state, broken_at], ["broken", at]);
  });
}

Deno.test("a chain that is broken in many places reports the newest ten", () => {
  const { broken_at } = seen(linked(50).filter((_, i) => i % 2 === 0));
  assert.deepEqual(broken_at, Array.from({ length: 10 }, (_, i) => `t${48 - 2 * i}`));
});

Deno.test("with another key every line is broken, without a key the state is unknown", () => {
  assert.equal(seen(LINES, hashBy("another")).state, "broken");
  assert.deepEqual(seen(LINES, { why: "no key" }), { state: "unknown", checked: 0, why: "no key" });
});

Deno.test("lines of an earlier version are unchained, with or without a key", () => {
  assert.deepEqual(seen(OLD), { state: "unchained", checked: 0 });
  assert.deepEqual(seen(OLD, { why: "no key" }), { state: "unchained", checked: 0 });
  assert.deepEqual(seen([]), { state: "unchained", checked: 0 });
});

Deno.test("a line with a link is the same JSON, with the link at its end", () => {
  const { line, link } = withLink('{"time":"t0","a":"}"}', NO_LINE, hash);
  assert.deepEqual(JSON.parse(line), { time: "t0", a: "}", link });
  assert.equal(linkTo(line, hash), link);
});
