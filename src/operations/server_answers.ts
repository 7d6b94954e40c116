import { z } from "@hono/zod-openapi";

/** The JSON of `GET /` and `GET /health`. */

export const Health = z.object({
  status: z.literal("healthy"),
  service: z.string(),
  timestamp: z.string().openapi({
    description: "An HTTP date",
    example: "Fri, 11 Jul 2025 15:14:35 GMT",
  }),
}).openapi("Health");

export const Index = z.object({
  service: z.string(),
  version: z.string(),
  endpoints: z.record(z.string(), z.string()).openapi({
    description: "What each endpoint does, by method and path",
    example: { "GET /health": "Check whether the server is running" },
  }),
}).openapi("Index");
