import { Index } from "../answers.ts";
import { type Endpoint, SERVICE } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

/** Describes the endpoints, itself not among them. */
export function index(endpoints: readonly Endpoint[]): Endpoint {
  return {
    route: {
      method: "get",
      path: "/",
      summary: "What this server can do",
      responses: { 200: json("The endpoints", Index) },
    },
    handle: (_c, { version }) => ({
      status: 200,
      body: {
        service: SERVICE,
        version,
        endpoints: Object.fromEntries(
          endpoints.map(({ route }) => [
            `${route.method.toUpperCase()} ${route.path}`,
            route.summary,
          ]),
        ),
      },
    }),
  };
}
