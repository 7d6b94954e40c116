import assert from "node:assert/strict";
import { tableText } from "./table.ts";

Deno.test("columns are aligned, without trailing spaces", () => {
  const rows = [["argocd", "a"], ["b", "a-longer-name"]];
  assert.equal(
    tableText({ columns: ["NAMESPACE", "NAME"], rows }),
    "NAMESPACE   NAME\nargocd      a\nb           a-longer-name\n",
  );
});

Deno.test("an empty cell is <none>, and widths count characters", () => {
  const rows = [["🔑é", undefined, "x"], ["", "a", "y"]];
  assert.equal(
    tableText({ columns: ["A", "B", "C"], rows }),
    "A        B        C\n🔑é       <none>   x\n<none>   a        y\n",
  );
});

Deno.test("control characters are escaped", () => {
  const rows = [["a\x1b[2J\nb\u009b1m\u202ec\u2028"]];
  const [, row] = tableText({ columns: ["A"], rows }).split("\n");
  assert.equal(row, "a\\u001b[2J\\u000ab\\u009b1m\\u202ec\\u2028");
});

Deno.test("only states are colored, and columns stay aligned", () => {
  const paint = (state: string) => `<${state}>`;
  assert.equal(
    tableText({ columns: ["NAME", "RESULT", "WHY"], rows: [["created", "created", "a"]], paint }),
    "NAME      RESULT    WHY\ncreated   <created>   a\n",
  );
});
