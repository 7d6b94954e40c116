import type { z } from "@hono/zod-openapi";
import { Envelope } from "../answers.ts";

/** A JSON response of OpenAPI. */
export function json(description: string, schema: z.ZodType) {
  return { description, content: { "application/json": { schema } } };
}

/** The envelope for each of these statuses. */
export function errors<Status extends number>(descriptions: Record<Status, string>) {
  return Object.fromEntries(
    Object.entries<string>(descriptions).map(([status, text]) => [status, json(text, Envelope)]),
  );
}
