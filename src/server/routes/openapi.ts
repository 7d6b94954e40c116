import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { includesRole, ROLES } from "../../tokens/rights.ts";
import {
  type Endpoint,
  type EndpointModule,
  type Handle,
  type HandlerDeps,
  SERVICE,
  type Tag,
} from "../endpoint.ts";
import { parseQuery } from "../parse.ts";
import { NoQuery } from "../schemas/queries.ts";
import { registerCommon, responsesOf } from "./common_answers.ts";
import { errors, json } from "./openapi_content.ts";

export const describe: EndpointModule["describe"] = () => ({
  answers: {
    200: json("OpenAPI", z.record(z.string(), z.unknown())),
    ...errors({ 400: "A parameter is given" }),
  },
});

const TAGS: Readonly<Record<Tag, string>> = {
  server: "The server itself",
  clusters: "The clusters whose credentials it manages",
  secrets: "Credentials, and the secrets that hold them",
  audit: "Who attempted to write what",
};

const ABOUT = "Puts, shows, tries and deletes the credentials that Argo CD and the kubelets of " +
  "many Kubernetes clusters use.\n\n" +
  "Every answer is JSON. An error has `error` and a `message` for people; only that of " +
  "`GET /secrets` about its cluster has the fields of a list. An unknown field of a request body " +
  "is refused, and so is one that stands twice. An unknown parameter of a query is refused, but by " +
  "`GET /` and `GET /health`; a POST has no parameters, a DELETE no body. A HEAD is answered like a " +
  "GET, without the body.";

export const handle: Handle = async (c, deps) => {
  parseQuery(c, NoQuery);
  return { status: 200, body: await openApiDocument(deps) };
};

/** Generated from the endpoints' schemas. */
export async function openApiDocument(
  { version, endpoints }: Pick<HandlerDeps, "version" | "endpoints">,
): Promise<Readonly<Record<string, unknown>>> {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description:
      "A token, where the server has any; it has a role and may be for some clusters only",
  });
  registerCommon(registry);
  for (const endpoint of endpoints) registry.registerPath(await operationOf(endpoint));
  const { webhooks: _, ...document } = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: SERVICE,
      version,
      description: ABOUT,
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT" },
    },
    servers: [{ url: "/", description: "Where this document comes from" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  return { ...document };
}

async function operationOf(endpoint: Endpoint): Promise<RouteConfig> {
  const { method, path, operationId, tag, summary, role, load } = endpoint;
  const { about, request, answers } = await (await load()).describe();
  const sentences = [...about === undefined ? [] : [about], needs(role)];
  return {
    method,
    path,
    operationId,
    tags: [tag],
    summary,
    description: sentences.join("\n\n"),
    // Without tokens, anyone on the server's machine may do all of it.
    security: role === "anyone" ? [] : [{ bearer: [] }, {}],
    request,
    responses: responsesOf(endpoint, answers, request?.body !== undefined),
  };
}

/** Who may use it, in words. */
function needs(role: Endpoint["role"]): string {
  if (role === "anyone") return "Needs no token.";
  const names = ROLES.filter((each) => includesRole(each, role)).map((each) => `\`${each}\``);
  const last = names.pop();
  const roles = names.length === 0 ? last : `${names.join(", ")} or ${last}`;
  return `Where the server has tokens, this needs one with the role ${roles}.`;
}
