import assert from "node:assert/strict";
import { load } from "js-yaml";
import { join } from "node:path";
import { z } from "zod";
import { settingsOf } from "../src/config/schema.ts";
import { SETTINGS } from "../src/config/settings.ts";
import { defaultsFile, settingsTable } from "./write_docs.ts";

const ROOT = join(import.meta.dirname!, "..");

const MADE_UP = {
  "tea-pot": {
    schema: z.string().optional(),
    about: "Where [tea](#tea) is made, by `water`.",
    flag: {},
    path: "folder",
    example: "pot",
  },
  tea_minutes: { schema: z.number().default(4), about: "How long it draws.", shipped: 3 },
  guests: { schema: z.array(z.string()).default(["ann", "bob"]), about: "Who drinks it." },
} as const;

Deno.test("a made-up setting is a row of the table", () =>
  assert.equal(
    settingsTable(MADE_UP),
    [
      "| key | flag | environment | default | |",
      "|---|---|---|---|---|",
      "| `tea-pot` | `--tea-pot` | `ARGOCD_CONFIGURER_TEA_POT` | none | Where [tea](#tea) is made, by `water`. |",
      "| `tea_minutes` | | `ARGOCD_CONFIGURER_TEA_MINUTES` | `4` (as shipped: `3`) | How long it draws. |",
      "| `guests` | | `ARGOCD_CONFIGURER_GUESTS` | `[ann, bob]` | Who drinks it. |",
      "",
    ].join("\n"),
  ));

Deno.test("a made-up setting stands in the file as shipped, in comments unless that sets it", () => {
  const [, ...paragraphs] = defaultsFile(MADE_UP).split("\n\n");
  assert.deepEqual(paragraphs, [
    "# Where tea is made, by water.\n# tea-pot: pot",
    "# How long it draws. Without this line: 4.\ntea_minutes: 3",
    "# Who drinks it.\n# guests: [ann, bob]\n",
  ]);
});

Deno.test("without its marks every line of the file as shipped is a setting that can be used", () => {
  const all = defaultsFile(SETTINGS).replaceAll(/^# ([\w-]+: )/gm, "$1");
  const given = load(all) as Record<string, unknown>;
  assert.deepEqual(Object.keys(given), Object.keys(SETTINGS));
  assert.deepEqual(settingsOf(given), given);
});

Deno.test("the documents in the repository are as they are written from the settings", async () => {
  const read = (path: string) => Deno.readTextFile(join(ROOT, path));
  assert.equal(await read("configs/defaults.yaml"), defaultsFile(SETTINGS));
  assert.ok((await read("README.md")).includes(settingsTable(SETTINGS)));
});
