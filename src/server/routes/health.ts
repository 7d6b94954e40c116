import { Health } from "../answers.ts";
import { type Endpoint, SERVICE } from "../endpoint.ts";
import { json } from "./openapi_content.ts";

/** Touches nothing outside the process. */
export const health: Endpoint = {
  route: {
    method: "get",
    path: "/health",
    summary: "Whether the server runs",
    responses: { 200: json("It runs", Health) },
  },
  handle: () => ({
    status: 200,
    body: { status: "healthy", service: SERVICE, timestamp: new Date().toUTCString() },
  }),
};
