import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { assertTakesLess } from "../../../tests/support/takes_less.ts";
import { seal } from "../../log/sealed.ts";
import { masking } from "./hide.ts";

const shown = (values: readonly string[], text: string) => masking(() => values.map(seal))(text);

const CASES: [values: string[], text: string, shown: string][] = [
  [["s3cret"], "s3cret", "***"],
  [["s3cret"], "a-s3cret-s3cret", "a-***-***"],
  [[" s3cret "], "a-s3cret", "a-***"],
  [["S3CRET"], "a-s3cret", "a-***"],
  [["s3cret/x"], "a-s3cret%2Fx", "a-***"],
  [["cret", "s3cret"], "a-s3cret", "a-***"],
  [["bot"], "bot", "***"],
  [["bot"], "robots", "robots"],
  [["", " "], "a b", "a b"],
];

for (const [values, text, expected] of CASES) {
  for (const others of [0, 50]) {
    const more = Array.from({ length: others }, (_, i) => `other-${i}`.slice(-values[0]!.length));
    Deno.test(`without ${JSON.stringify(values)} and ${others} others, '${text}' is '${expected}'`, () => {
      equal(shown([...values, ...more], text), expected);
    });
  }
}

Deno.test("no value is in a masked text, however many there are", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "B", "/", " "), maxLength: 7 });
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 60 }),
      fc.array(word, { maxLength: 6 }),
      (values, parts) => {
        const text = parts.join("");
        const masked = shown(values, text);
        for (const value of values.filter(({ length }) => length >= 4)) {
          ok(!masked.includes(value), `'${value}' in '${masked}' of '${text}'`);
        }
      },
    ),
  );
});

Deno.test("thousands of values are masked in thousands of texts in time", async () => {
  const values = Array.from({ length: 10_000 }, (_, i) => `a-longer-value-${i}`);
  const masked = masking(() => values.map(seal));
  await assertTakesLess(5000, () => {
    for (const [i, value] of values.entries()) {
      equal(masked(`https://${value}@r${i}.example.com`), `https://***@r${i}.example.com`);
    }
  });
});
