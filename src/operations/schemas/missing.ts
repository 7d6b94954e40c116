import type { z } from "@hono/zod-openapi";

type Given = Readonly<Record<string, unknown>>;

/**
 * Requires a field that is only needed where others are absent. It is asked whatever else is wrong,
 * so that the first missing field is told and not the first of those that are always needed.
 */
export function requires<Schema extends z.ZodType>(
  schema: Schema,
  field: string,
  isMissing: (given: Given) => boolean,
): Schema {
  return schema.refine(
    (given) => typeof given !== "object" || given === null || !isMissing(given as Given),
    { path: [field], message: "is missing", when: () => true },
  );
}
