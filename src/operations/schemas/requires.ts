import type { z } from "@hono/zod-openapi";

type Given = Readonly<Record<string, unknown>>;

/** Fields that are required only if others are absent, each with a check whether it is missing. */
export type Needs = Readonly<Record<string, (given: Given) => boolean>>;

/**
 * Adds such fields to a schema. The checks run even if others fail, so that the first missing field is
 * reported and not the first of those that are always required.
 */
export function requires<Schema extends z.ZodType>(schema: Schema, needs: Needs): Schema {
  return Object.entries(needs).reduce((all, [field, isMissing]) =>
    all.refine(
      (given) => typeof given !== "object" || given === null || !isMissing(given as Given),
      { path: [field], message: "is missing", when: () => true },
    ), schema);
}
