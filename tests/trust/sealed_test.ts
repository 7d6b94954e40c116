import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { format, inspect } from "node:util";
import { seal, type Sealed } from "../../src/log/sealed.ts";

/** A sealed value of any kind is not shown by mistake. */

const CANARY = `canary-${crypto.randomUUID()}`;

/** A string as a password, bytes as a key, a record as a secret's data. */
const VALUES: [kind: string, value: unknown][] = [
  ["text", CANARY],
  ["bytes", Buffer.from(CANARY)],
  ["record", { password: CANARY }],
  ["list", [CANARY]],
];

const WAYS: [way: string, print: (sealed: Sealed<unknown>) => string][] = [
  ["String()", (sealed) => String(sealed)],
  ["a template", (sealed) => `${sealed}`],
  ["an addition", (sealed) => "" + sealed],
  ["toString", (sealed) => sealed.toString()],
  ["a list as text", (sealed) => [sealed].join()],
  ["JSON", (sealed) => JSON.stringify({ sealed })],
  ["JSON of a copy", (sealed) => JSON.stringify({ ...sealed })],
  ["JSON of a clone", (sealed) => JSON.stringify(structuredClone({ ...sealed }))],
  ["its own fields", (sealed) => JSON.stringify(Object.entries(sealed))],
  ["Deno.inspect", (sealed) => Deno.inspect(sealed, { depth: 9, showHidden: true })],
  ["Deno.inspect of a record", (sealed) => Deno.inspect({ sealed }, { depth: 9 })],
  ["inspect", (sealed) => inspect(sealed, { depth: 9, showHidden: true, getters: true })],
  ["format", (sealed) => format("%s %o %O %j", sealed, sealed, sealed, sealed)],
  ["an error's cause", (sealed) => Deno.inspect(new Error("outer", { cause: sealed }))],
  ["a query", (sealed) => String(new URLSearchParams({ sealed: String(sealed) }))],
];

for (const [kind, value] of VALUES) {
  Deno.test(`a sealed ${kind} is not visible, however it is printed`, () => {
    const forms = [CANARY, Buffer.from(CANARY).toString("hex"), Buffer.from(CANARY).join()];
    for (const [way, print] of WAYS) {
      const text = print(seal(value));
      assert.ok(!forms.some((form) => text.includes(form)), `${way}: ${text}`);
    }
  });
}

Deno.test("every way to print a sealed value prints that it is sealed", () => {
  const sealed = seal(CANARY) as unknown as Record<symbol | string, () => string>;
  for (
    const way of [
      "toString",
      "toJSON",
      Symbol.for("Deno.customInspect"),
      Symbol.for("nodejs.util.inspect.custom"),
    ]
  ) {
    assert.equal(sealed[way]!(), "[sealed]", String(way));
  }
});
