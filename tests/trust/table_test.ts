import assert from "node:assert/strict";
import { join } from "node:path";
import { declaredIn } from "./declared_tests.ts";

/** That each row of table.md is a test of its name, and that no file holds a test of no row. */

interface Row {
  /** Of the test, less its transport. */
  readonly name: string;
  readonly transports: readonly string[];
  readonly file: string;
}

async function rows(): Promise<Row[]> {
  const text = await Deno.readTextFile(join(import.meta.dirname!, "table.md"));
  return text.split("\n").filter((line) => /^\| [^-]/.test(line)).slice(1).map((line) => {
    const [, input = "", expected = "", over = "", file = ""] = line.split("|").map((cell) =>
      cell.trim()
    );
    const separator = file.includes("/soak/") ? ", " : ": "; // whose name is one sentence
    return {
      name: input + separator + expected,
      transports: over.split(", "),
      file: file.replaceAll("`", ""),
    };
  });
}

const table = await rows();
const declared = await declaredIn(table.map(({ file }) => file));

Deno.test("the table is whole", () => {
  assert.ok(table.length >= 24, String(table.length));
  assert.equal(new Set(table.map(({ name }) => name)).size, table.length);
  for (const { name, transports, file } of table) {
    assert.match(file, /^tests\/\w+\/\w+_test\.ts$/, name);
    assert.ok(transports.every((each) => ["kubectl", "api"].includes(each)), name);
  }
});

for (const { name, transports, file } of table) {
  Deno.test(`there is a test: ${name}`, () => {
    const wanted = transports.map((transport) => `${transport}: ${name}`).sort();
    const found = declared.get(file)!.filter((each) => each.endsWith(`: ${name}`)).sort();
    assert.deepEqual(found, wanted);
  });
}

Deno.test("each test of a row's file in tests/trust is a row", () => {
  const named = new Set(
    table.flatMap(({ name, transports }) => transports.map((transport) => `${transport}: ${name}`)),
  );
  for (const [file, names] of declared) {
    if (!file.startsWith("tests/trust/")) continue;
    assert.deepEqual(names.filter((name) => !named.has(name)), [], file);
  }
});
