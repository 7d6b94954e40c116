import { OpenAPIHono, z } from "@hono/zod-openapi";
import { type Endpoint, SERVICE } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

/** The OpenAPI description of the endpoints, generated from their schemas when first asked for. */
export function openapi(endpoints: readonly Endpoint[]): Endpoint {
  let document: object | undefined;
  const self: Endpoint = {
    route: {
      method: "get",
      path: "/openapi.json",
      summary: "The OpenAPI 3.1 description of this API",
      responses: { 200: json("OpenAPI", z.record(z.string(), z.unknown())) },
    },
    handle: (_c, { version }) => ({
      status: 200,
      body: document ??= describe([...endpoints, self], version),
    }),
  };
  return self;
}

function describe(endpoints: readonly Endpoint[], version: string): object {
  const app = new OpenAPIHono();
  for (const { route } of endpoints) app.openAPIRegistry.registerPath(route);
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: SERVICE, version, license: { name: "MIT" } },
  });
}
