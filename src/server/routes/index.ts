import { Index } from "../answers.ts";
import { type Endpoint, type EndpointModule, type Handle, SERVICE } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  answers: { 200: json("The endpoints", Index) },
});

/** Names the endpoints, itself not among them. */
export const handle: Handle = (_c, { version, endpoints }) => ({
  status: 200,
  body: {
    service: SERVICE,
    version,
    endpoints: Object.fromEntries(
      endpoints.filter(({ path }) => path !== "/").map((endpoint) => [
        `${endpoint.method.toUpperCase()} ${endpoint.path}`,
        inOneLine(endpoint),
      ]),
    ),
  },
});

function inOneLine({ summary, parameters = [] }: Endpoint): string {
  if (parameters.length === 0) return summary;
  return `${summary}; parameter${parameters.length > 1 ? "s" : ""}: ${parameters.join(", ")}`;
}
