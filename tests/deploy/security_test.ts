import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..", "..");

/** What SECURITY.md names as the tests that hold its promises: `FILE`: "TITLE", or files alone. */
const TEXT = await Deno.readTextFile(join(ROOT, "SECURITY.md"));
const ROWS = TEXT.split("\n").filter((line) => /^\| [^-|]/.test(line)).slice(1);
const NAMED = ROWS.flatMap((row) =>
  [...row.matchAll(/`((?:src|tests)\/[^`]+\.ts)`(?:: "([^"]+)")?/g)].map(([, file, title]) => ({
    file: file!,
    title,
  }))
);

Deno.test("each threat in SECURITY.md has a control and a test", () => {
  assert.ok(ROWS.length >= 20, String(ROWS.length));
  for (const row of ROWS) {
    const [, threat, control, tests] = row.split(" | ".trim()).map((cell) => cell.trim());
    assert.ok(threat && control && /`(src|tests)\/.*_test\.ts`: "/.test(tests ?? ""), row);
  }
});

Deno.test("each test that SECURITY.md names is there", async () => {
  const texts = new Map<string, string>();
  for (const { file, title } of NAMED) {
    const text = texts.get(file) ?? await Deno.readTextFile(join(ROOT, file));
    texts.set(file, text);
    if (title !== undefined) assert.ok(text.includes(title), `${file}: ${title}`);
  }
});
