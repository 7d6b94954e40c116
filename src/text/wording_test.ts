import assert from "node:assert/strict";
import { z } from "zod";
import { wording } from "./wording.ts";

const ROWS: [schema: z.ZodType, given: unknown, said: string][] = [
  [z.string(), undefined, "is missing"],
  [z.string(), 1, "must be a string"],
  [z.array(z.string()), "a", "must be a list"],
  [z.strictObject({}), [], "must be a map"],
  [z.literal(true), false, "must be true"],
  [z.enum(["a", "b"]), "c", "must be a or b"],
  [z.enum(["a", "b", "c"]), "d", "must be a, b or c"],
  [z.int().min(1), 0, "must be at least 1"],
  [z.number().gt(0), 0, "must be more than 0"],
];

for (const [schema, given, said] of ROWS) {
  Deno.test(`${JSON.stringify(given)} is reported as: ${said}`, () => {
    const [issue] = schema.safeParse(given, { error: wording }).error!.issues;
    assert.equal(issue!.message, said);
  });
}
