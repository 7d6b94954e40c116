import assert from "node:assert/strict";
import { linesFromEnd, type LinesFromEndOptions, TOO_LONG } from "./lines_from_end.ts";

async function linesOf(content: string | Uint8Array, options: LinesFromEndOptions = {}) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    return await Array.fromAsync(linesFromEnd(path, options));
  } finally {
    await Deno.remove(path);
  }
}

const CASES: [content: string, lines: string[]][] = [
  ["", []],
  ["\n", [""]],
  ["one", ["one"]],
  ["one\n", ["one"]],
  ["one\ntwo\n", ["two", "one"]],
  ["one\n\nthree", ["three", "", "one"]],
];

for (const [content, lines] of CASES) {
  Deno.test(`the lines of ${JSON.stringify(content)} from its end are ${JSON.stringify(lines)}`, async () => {
    assert.deepEqual(await linesOf(content), lines);
  });
}

Deno.test("a line across the edge of a block is whole", async () => {
  // Characters of three bytes, and lines from none to some blocks long.
  const lines = Array.from({ length: 300 }, (_, i) => `${i}${"€".repeat((i * i * 7) % 5000)}`);
  lines[200] = "€".repeat(70_000);
  const content = lines.map((line) => line + "\n").join("");
  assert.deepEqual(await linesOf(content), lines.toReversed());
});

Deno.test("a line break at the edge of a block ends a line", async () => {
  const block = 64 * 1024;
  for (const length of [block - 2, block - 1, block, block + 1]) {
    const lines = ["first", "x".repeat(length), "last"];
    assert.deepEqual(await linesOf(lines.join("\n") + "\n"), lines.toReversed(), String(length));
  }
});

Deno.test("bytes before the requested start are left out", async () => {
  assert.deepEqual(await linesOf("one\ntwo\nthree\n", { from: 4 }), ["three", "two"]);
  assert.deepEqual(await linesOf("one\n", { from: 4 }), []);
  assert.deepEqual(await linesOf("one\n", { from: 400 }), []);
});

Deno.test("a line that is too long is skipped, and the others are returned", async () => {
  const content = `one\n${"x".repeat(500_000)}\nthree\n`;
  assert.deepEqual(await linesOf(content, { maxLine: 10 }), ["three", TOO_LONG, "one"]);
  assert.deepEqual(await linesOf("x".repeat(11), { maxLine: 10 }), [TOO_LONG]);
  assert.deepEqual(await linesOf("x".repeat(10) + "\n", { maxLine: 10 }), ["x".repeat(10)]);
});

Deno.test("a missing file is an error", async () => {
  await assert.rejects(linesFromEnd("/no/such/file").next(), Deno.errors.NotFound);
});
