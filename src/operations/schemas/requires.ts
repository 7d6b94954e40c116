import type { z } from "@hono/zod-openapi";

type Given = Readonly<Record<string, unknown>>;

/** Fields that are only needed where others are absent, each with whether it is missing. */
export type Needs = Readonly<Record<string, (given: Given) => boolean>>;

/**
 * Requires such fields. It is asked whatever else is wrong, so that the first missing field is told and
 * not the first of those that are always needed.
 */
export function requires<Schema extends z.ZodType>(schema: Schema, needs: Needs): Schema {
  return Object.entries(needs).reduce((all, [field, isMissing]) =>
    all.refine(
      (given) => typeof given !== "object" || given === null || !isMissing(given as Given),
      { path: [field], message: "is missing", when: () => true },
    ), schema);
}
