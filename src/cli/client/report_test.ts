import assert from "node:assert/strict";
import { withPlurals } from "./report.ts";

Deno.test("a message is printed with plurals by its numbers", () => {
  const texts: [message: string, printed: string][] = [
    ["secrets created in 1 namespace(s)", "secrets created in 1 namespace"],
    ["secrets created in 12 namespace(s)", "secrets created in 12 namespaces"],
    ["secret created", "secret created"],
  ];
  for (const [message, printed] of texts) assert.equal(withPlurals(message), printed);
});
