import assert from "node:assert/strict";
import fc from "fast-check";
import { type Advised, given, send, type Value } from "./advice.ts";

const NAMES = ["as", "force", "most", "name", "upsert", "url"];

const flags = (name: string, value: Value) =>
  typeof value !== "boolean" ? `--${name} ${value}` : value ? `--${name}` : `--${name}=false`;

const ADVICE: [text: string, told: string][] = [
  [`${send({ force: true })} to delete it`, "give --force to delete it"],
  [`${send({ force: true }, "query")} to delete it`, "give --force to delete it"],
  [`${send({ upsert: false })} to leave it`, "give --upsert=false to leave it"],
  [`S${send({ force: true }).slice(1)} to delete it`, "Give --force to delete it"],
  ["Send it again", "Send it again"],
  ["they hold force=true", "they hold force=true"],
  [`${send({ force: true, upsert: true }, "body", " with ")} to`, "give --force with --upsert to"],
  [`${send({ force: false })}, which`, "give --force=false, which"],
  [`${send({ upsert: true, name: "a" })} to`, "give --upsert and --name a to"],
  [
    `come (${send({ as: "repo-creds", url: "https://github.com/a/" })})`,
    "come (give --as repo-creds and --url https://github.com/a/)",
  ],
  [`${send({ most: 5 })}. Or not`, "give --most 5. Or not"],
  ['its type is "Opaque"', 'its type is "Opaque"'],
  [
    `${send({ merge: true })} of none of these fields`,
    'send "merge": true of none of these fields',
  ],
  ['send it and "force": true', 'send it and "force": true'],
  [`${send({ name: "unended" }).slice(0, -1)} text`, 'send "name": "unended text'],
];

for (const [text, told] of ADVICE) {
  Deno.test(`the advice '${text}' becomes: ${told}`, () => {
    assert.equal(given(text, NAMES, flags), told);
  });
}

Deno.test("an advice names fields as clients send them", () => {
  assert.equal(send({ as: "repo-creds" }), 'send "as": "repo-creds"');
  assert.equal(send({ force: true }, "query"), "send force=true");
});

const advised: fc.Arbitrary<Advised> = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(fc.boolean(), fc.nat(), fc.string({ unit: "binary" })),
  { minKeys: 1 },
);

Deno.test("any advice is read back unchanged, and so is the text around it", () => {
  const text = fc.string().filter((each) => !/[Ss]end /.test(each));
  fc.assert(
    fc.property(text, advised, fc.constantFrom("body", "query"), (before, fields, where) => {
      const said: [string, unknown][] = [];
      const told = given(`${before}${send(fields, where)}.`, NAMES, (name, value) => {
        said.push([name, value]);
        return "it";
      });
      assert.deepEqual(said, Object.entries(fields));
      assert.equal(told, `${before}give ${said.map(() => "it").join(" and ")}.`);
    }),
  );
});

Deno.test("a text of nothing but escaped quotes is read in linear time", () => {
  const text = `send "name": "${'\\"'.repeat(500_000)}`;
  const began = performance.now();
  assert.equal(given(text, NAMES, flags), text);
  // Reading a value up to each quote would take minutes.
  assert.ok(performance.now() - began < 5000);
});
