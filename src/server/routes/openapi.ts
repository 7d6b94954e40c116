import { OpenAPIHono, z } from "@hono/zod-openapi";
import { type EndpointModule, type Handle, SERVICE } from "../endpoint.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  responses: {
    200: json("OpenAPI", z.record(z.string(), z.unknown())),
    ...errors({
      400: "Header 'Host' is missing, or no host name",
      403: "A web page of another site asks",
      421: "The host name is none that this server answers to",
    }),
  },
});

/** Generated from the endpoints' schemas. */
export const handle: Handle = async (_c, { version, endpoints }) => {
  const app = new OpenAPIHono();
  for (const { method, path, summary, load } of endpoints) {
    if (path === "/") continue; // a page for people
    const { describe } = await load();
    app.openAPIRegistry.registerPath({ method, path, summary, ...await describe() });
  }
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: SERVICE, version, license: { name: "MIT" } },
  });
  return { status: 200, body: document };
};
