import assert from "node:assert/strict";
import { join } from "node:path";
import { follow, lastLines } from "./log_tail.ts";

async function withFile(
  content: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "server.log");
  try {
    await Deno.writeTextFile(path, content);
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i} é`);

for (
  const [what, content, count, expected] of [
    ["fewer than the file has", "a\nb\nc\n", 2, ["b", "c"]],
    ["as many as the file has", "a\nb\n", 2, ["a", "b"]],
    ["more than the file has", "a\nb\n", 9, ["a", "b"]],
    ["none", "a\nb\n", 0, []],
    ["of an empty file", "", 3, []],
    ["of which the last has no line break", "a\nb", 1, ["b"]],
    ["of which some are empty", "a\n\n\n", 2, ["", ""]],
  ] as const
) {
  Deno.test(`the last lines, ${what}`, () =>
    withFile(content, async (path) => assert.deepEqual(await lastLines(path, count), expected)));
}

Deno.test("the last lines of a file of many blocks are complete across block boundaries", () => {
  const lines = numbered(50_000);
  return withFile(lines.join("\n") + "\n", async (path) => {
    assert.deepEqual(await lastLines(path, 3), lines.slice(-3));
    assert.deepEqual(await lastLines(path, 20_000), lines.slice(-20_000));
    assert.deepEqual(await lastLines(path, 60_000), lines);
  });
});

Deno.test("a line that is longer than a block is complete", () => {
  const long = "x".repeat(200_000);
  return withFile(`a\n${long}\nb\n`, async (path) => {
    assert.deepEqual(await lastLines(path, 2), [long, "b"]);
  });
});

Deno.test("lines before the offset are left out", () =>
  withFile("before\nafter\n", async (path) => {
    assert.deepEqual(await lastLines(path, 9, "before\n".length), ["after"]);
  }));

Deno.test("a file that does not exist is an error", () =>
  assert.rejects(lastLines("/no/such/file", 1), Deno.errors.NotFound));

/** Follows a file while something is done to it, until all of a text has come. */
async function followed(
  path: string,
  expected: string,
  change: () => Promise<void>,
): Promise<void> {
  let text = "";
  const decoder = new TextDecoder();
  const stop = new AbortController();
  const { stat } = Deno;
  const looked = Promise.withResolvers<void>();
  Deno.stat = (at) => {
    looked.resolve();
    return stat(at);
  };
  const following = follow(
    path,
    (bytes) => {
      text += decoder.decode(bytes, { stream: true });
      if (text.length >= expected.length) stop.abort();
    },
    stop.signal,
    5,
  );
  await looked.promise; // it has reached the end of the file
  Deno.stat = stat;
  await change();
  const late = setTimeout(() => stop.abort(), 20_000);
  await following;
  clearTimeout(late);
  assert.equal(text, expected);
}

const append = (path: string, text: string) => Deno.writeTextFile(path, text, { append: true });

Deno.test("follow gives new lines only", () =>
  withFile("before\n", (path) =>
    followed(path, "one\ntwo\n", async () => {
      await append(path, "one\n");
      await append(path, "two\n");
    })));

Deno.test("follow continues with the new file after a rotation, from its start", () =>
  withFile("before\n", (path) =>
    followed(path, "last\nfirst\nnext\n", async () => {
      await append(path, "last\n");
      await Deno.rename(path, `${path}.1`);
      await append(path, "first\n");
      await new Promise((resolve) => setTimeout(resolve, 30));
      await append(path, "next\n");
    })));

Deno.test("follow continues with a file that was deleted and created again", () =>
  withFile("before\n", (path) =>
    followed(path, "again\n", async () => {
      await Deno.remove(path);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await append(path, "again\n");
    })));

Deno.test("follow continues from the start of a truncated file", () =>
  withFile("a long line of before\n", (path) =>
    followed(path, "new\n", async () => {
      await Deno.truncate(path);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await append(path, "new\n");
    })));

Deno.test("follow waits for a file that does not exist yet", () =>
  withFile("", async (path) => {
    await Deno.remove(path);
    await followed(path, "first\n", () => append(path, "first\n"));
  }));
