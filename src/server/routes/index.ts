import { Index } from "../answers.ts";
import { type EndpointModule, type Handle, SERVICE } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  responses: { 200: json("The endpoints", Index) },
});

/** Names the endpoints, itself not among them. */
export const handle: Handle = (_c, { version, endpoints }) => ({
  status: 200,
  body: {
    service: SERVICE,
    version,
    endpoints: Object.fromEntries(
      endpoints.filter(({ path }) => path !== "/").map(({ method, path, summary }) => [
        `${method.toUpperCase()} ${path}`,
        summary,
      ]),
    ),
  },
});
