import assert from "node:assert/strict";
import { sectionOf } from "./document.ts";

const TEXT = "# All\n\n## One\n\na\n\n## Two\n\nb\n\n| c |\n";

Deno.test("a section ends at the next one, or at the end of the document", () => {
  assert.equal(sectionOf(TEXT, "## One"), "## One\n\na\n");
  assert.equal(sectionOf(TEXT, "## Two"), "## Two\n\nb\n\n| c |\n");
});

Deno.test("a missing section is empty", () => {
  assert.equal(sectionOf(TEXT, "## Three"), "");
});
