import assert from "node:assert/strict";
import type { Display } from "./display.ts";
import { failureLines, withPlurals } from "./report.ts";

Deno.test("a message is printed with plurals by its numbers", () => {
  const texts: [message: string, printed: string][] = [
    ["secrets created in 1 namespace(s)", "secrets created in 1 namespace"],
    ["secrets created in 12 namespace(s)", "secrets created in 12 namespaces"],
    ["secret created", "secret created"],
  ];
  for (const [message, printed] of texts) assert.equal(withPlurals(message), printed);
});

Deno.test("a long reason that several clusters share is printed once", () => {
  const printed = new Map<string, string | undefined>();
  const display = { view: {} } as unknown as Display;
  const failed = (cluster: string, message: string) =>
    failureLines(
      { cluster, input: {}, failure: { message, exitCode: 1 } } as never,
      display,
      printed,
    );
  const long = `It cannot be read: ${"why ".repeat(40)}`;
  assert.equal(failed("a", long), `a: failed: ${long}\n`);
  assert.equal(failed("b", long), "b: failed: for the same reason as a\n");
  assert.equal(failed("c", "Short"), "c: failed: Short\n");
  assert.equal(failed("d", "Short"), "d: failed: Short\n");
});
