import assert from "node:assert/strict";
import { inspect } from "node:util";
import { seal } from "./sealed.ts";

const CANARY = `canary-${crypto.randomUUID()}`;

Deno.test("a sealed value is not shown, however it is printed", () => {
  const sealed = seal({ password: CANARY });
  const error = new Error("outer", { cause: { sealed } });
  const printed = [
    String(sealed),
    `${sealed}`,
    JSON.stringify({ sealed }),
    Deno.inspect(sealed, { depth: 9, showHidden: true }),
    inspect(sealed, { depth: 9, showHidden: true }),
    Deno.inspect(error),
    Object.values(sealed).join(),
    JSON.stringify(structuredClone({ ...sealed })),
  ];
  for (const text of printed) assert.ok(!text.includes(CANARY), text);
});

Deno.test("reveal returns the value", () => {
  assert.equal(seal(CANARY).reveal(), CANARY);
});
