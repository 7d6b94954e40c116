import "../../src/fields/extend_zod.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { ERRORS } from "../../src/operations/errors.ts";
import { operationNamed } from "../../src/operations/table.ts";
import { ROOT } from "./readme.ts";

/** The documents of the API name each field and parameter of its operations and each remedy, and no other. */

const SECTIONS: [document: string, heading: string, operation: string][] = [
  ["docs/api-write.md", "Write a pull secret", "addDocker"],
  ["docs/api-write.md", "Write a Helm repository", "addHelmRepo"],
  ["docs/api-write.md", "Write a repository or template", "addRepo"],
  ["docs/api-read.md", "Audit log", "listAuditEntries"],
];

/** The fields that select several clusters, which docs/fleet.md explains. */
const OF_MANY = ["clusters", "cluster_selector", "first", "max_failures"];

/** An older name of a field, which the tables mention. */
const OLDER = ["cluster_name"];

for (const [document, heading, name] of SECTIONS) {
  Deno.test(`${document} lists exactly the fields of "${heading}"`, async () => {
    const text = await Deno.readTextFile(join(ROOT, document));
    const [, section] = text.split(`\n## ${heading}\n`);
    const [table] = section!.split("\n## ")[0]!.split("\n\n")
      .filter((each) => /^\| (field|parameter) \|/.test(each));
    const shown = table!.split("\n").slice(2).flatMap((row) =>
      [...row.split("|")[1]!.matchAll(/`(\w+)`/g)].map(([, field]) => field!)
    );
    const operation = operationNamed(name);
    const { fields = {} } = await operation.load();
    const taken = [...new Set([...Object.keys(fields), ...operation.parameters ?? []])]
      .filter((field) => !OF_MANY.includes(field));
    const named = shown.filter((field) => !OLDER.includes(field));
    assert.deepEqual(named.toSorted(), taken.toSorted());
  });
}

Deno.test("docs/api.md lists exactly the codes whose errors have a remedy", async () => {
  const text = await Deno.readTextFile(join(ROOT, "docs/api.md"));
  const [, table] = text.split("| code | `remedy` |\n|---|---|\n");
  const named = table!.split("\n\n")[0]!.split("\n").flatMap((row) =>
    [...row.split("|")[1]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!)
  );
  const kinds: Readonly<Record<string, { readonly remedy?: (details: never) => unknown }>> = ERRORS;
  // A remedy without details is available directly.
  const remedied = Object.entries(kinds)
    .filter(([, { remedy }]) =>
      remedy !== undefined && (remedy.length > 0 || remedy({} as never) !== undefined)
    )
    .map(([code]) => code);
  assert.deepEqual(remedied.filter((code) => !named.includes(code)), []);
  assert.deepEqual(named.filter((code) => !(code in ERRORS)), []);
});
