import assert from "node:assert/strict";
import { load } from "js-yaml";
import { join } from "node:path";
import { z } from "zod";
import { settingsOf } from "../src/config/schema.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { ERRORS } from "../src/operations/errors.ts";
import { OPERATIONS } from "../src/operations/table.ts";
import { defaultsFile, settingsTable, WRITTEN, written } from "./write_docs.ts";
import { withMarked } from "./write_docs/marked.ts";
import { operationsTable } from "./write_docs/operations.ts";
import { statusesTable } from "./write_docs/statuses.ts";

const ROOT = join(import.meta.dirname!, "..");

const MADE_UP = {
  "tea-pot": {
    schema: z.string().optional(),
    about: "Where [tea](#audit-log) is made, by `water`.",
    flag: {},
    path: "folder",
    example: "pot",
  },
  tea_minutes: { schema: z.number().default(4), about: "How long it draws.", shipped: 3 },
  guests: { schema: z.array(z.string()).default(["ann", "bob"]), about: "Who drinks it." },
} as const;

Deno.test("a new setting is a row of the table", () =>
  assert.equal(
    settingsTable(MADE_UP),
    [
      "| key | flag | environment | default | |",
      "|---|---|---|---|---|",
      "| `tea-pot` | `--tea-pot` | `ARGOCD_CONFIGURER_TEA_POT` | none | Where [tea](operations.md#audit-log) is made, by `water`. |",
      "| `tea_minutes` | | `ARGOCD_CONFIGURER_TEA_MINUTES` | `4` (as shipped: `3`) | How long it draws. |",
      "| `guests` | | `ARGOCD_CONFIGURER_GUESTS` | `[ann, bob]` | Who drinks it. |",
      "",
    ].join("\n"),
  ));

Deno.test("a new setting is in the shipped file, as a comment unless the file sets it", () => {
  const [, ...paragraphs] = defaultsFile(MADE_UP).split("\n\n");
  assert.deepEqual(paragraphs, [
    "# Where tea is made, by water.\n# tea-pot: pot",
    "# How long it draws. Without this line: 4.\ntea_minutes: 3",
    "# Who drinks it.\n# guests: [ann, bob]\n",
  ]);
});

Deno.test("without comment marks, every line of the shipped file is a valid setting", () => {
  const all = defaultsFile(SETTINGS).replaceAll(/^# ([\w-]+: )/gm, "$1");
  const given = load(all) as Record<string, unknown>;
  assert.deepEqual(Object.keys(given), Object.keys(SETTINGS));
  assert.deepEqual(settingsOf(given), given);
});

Deno.test("the generated parts of the documents are up to date", async () => {
  for (const name of WRITTEN) {
    const now = await Deno.readTextFile(join(ROOT, name));
    assert.equal(now, await written(name, now), name);
  }
});

Deno.test("a document without the marks of its table is reported", () =>
  assert.throws(
    () =>
      withMarked("docs/tea.md", "<!-- pots, written by scripts/write_docs.ts -->\n", "pots", ""),
    /docs\/tea\.md: no <!-- pots, written by/,
  ));

Deno.test("a table is written between its marks, and nothing else of the document changes", () => {
  const document = (table: string) =>
    `# Tea\n<!-- pots, written by scripts/write_docs.ts -->\n${table}<!-- end of pots -->\nEnd\n`;
  assert.equal(withMarked("tea.md", document("old\n"), "pots", "new\n"), document("new\n"));
});

Deno.test("a status without a cause, or without a code, is an error", () => {
  assert.throws(
    () => statusesTable({ ...ERRORS, is_teapot: { status: 418 } }),
    /418 has no code or/,
  );
  const { body_timeout: _, ...others } = ERRORS;
  assert.throws(() => statusesTable(others), /408 has no code or/);
});

Deno.test("the table lists each operation with all its paths", () => {
  const rows = operationsTable(OPERATIONS).trim().split("\n").slice(2);
  assert.equal(rows.length, OPERATIONS.length);
  for (const [i, { path, root }] of OPERATIONS.entries()) {
    assert.ok(rows[i]!.includes(`/api/v1${path}\``), rows[i]!);
    if (root !== undefined) assert.ok(rows[i]!.includes(` ${root.path}\``), rows[i]!);
  }
});
