import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { open, secret, shapeOf, shownFields } from "./field.ts";
import { Password } from "./texts.ts";

const CANARY = "canary-4711";

const Inside = z.strictObject({ token: Password });

Deno.test("an open field with a secret inside is a type error, and is hidden", () => {
  const fields = {
    // @ts-expect-error: an object with a secret, and nothing says which
    object: open(Inside, "X"),
    // @ts-expect-error: the same, optional
    optional: open(Inside.optional(), "X"),
    // @ts-expect-error: deeper
    deep: open(z.array(z.object({ x: z.union([z.string(), Inside]) })), "X"),
    // @ts-expect-error: by name
    record: open(z.record(z.string(), Inside), "X"),
  };
  const token = { token: CANARY };
  assert.deepEqual(
    shownFields(fields, {
      object: token,
      optional: token,
      deep: [{ x: token }],
      record: { a: token },
    }),
    { object: "***", optional: "***", deep: "***", record: "***" },
  );
  // @ts-expect-error: secrets in an array
  open(z.array(Password), "X");
  // @ts-expect-error: a secret or something else
  open(z.union([Password, z.number()]), "X");
});

Deno.test("a secret field with a flag that takes the value itself is a type error", () => {
  // @ts-expect-error: not as a text
  secret(Password, "X", { by: "text" });
  // @ts-expect-error: nor as one or the other
  secret(Password, "X", { by: "text_or_file" });
});

Deno.test("the inside of a field is shown in the order of its declaration", () => {
  const inside = { a: open(z.string(), "A"), b: open(z.string(), "B"), c: open(z.string(), "C") };
  const fields = { o: open(z.strictObject(shapeOf(inside)), "O", { fields: inside }) };
  const { o } = shownFields(fields, { o: { x: CANARY, c: "3", a: "1" } });
  assert.deepEqual(Object.entries(o as object), [["a", "1"], ["c", "3"], ["x", "***"]]);
});
