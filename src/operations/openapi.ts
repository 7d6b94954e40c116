import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { includesRole, ROLES } from "../tokens/rights.ts";
import { type Operation, type OperationModule, SERVICE, type Tag } from "./operation.ts";
import { parseQuery } from "./parse.ts";
import { type OperationRoute, routesOf } from "./routes.ts";
import { NoQuery } from "./schemas/queries.ts";
import { registerCommon, responsesOf } from "./openapi/common_answers.ts";
import { errors, json } from "./openapi/content.ts";

export const describe: OperationModule["describe"] = () => ({
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
  "Every operation has a path below `/api/v1` and one at the root, and does the same by either. " +
  "Every answer is JSON, but for streams of events. An error has `error`, a `message` for people and a `code` for machines. " +
  "The six paths of the first version have no `code`; of these, only an error of `GET /secrets` " +
  "about its cluster has the fields of a list in place of `error`. An unknown field of a request body " +
  "is refused, and so is one that stands twice. An unknown parameter of a query is refused, but by " +
  "`GET /` and `GET /health`; a POST has no parameters, a DELETE no body. A HEAD is answered like a " +
  "GET, without the body.";

/** Of what may be about several clusters. */
const SEVERAL =
  "With `clusters` or `cluster_selector` in place of `cluster` it is done on each of " +
  "them by itself, and the answer has that of each. A read without any of these is about all " +
  "clusters that the token is for. With `Accept: application/x-ndjson` the answer about several " +
  "is a stream of events, a line each: `started`, `cluster` as each ends, and `done`; without " +
  "`done` it was cut, and of what it does not name nothing is known.";

export const take: OperationModule["take"] = ({ query }) => {
  parseQuery(query, NoQuery);
  return {
    async run({ version, operations }) {
      const body = await openApiDocument(version, operations);
      return { reply: () => ({ status: 200, body }) };
    },
  };
};

/** Generated from the endpoints' schemas. */
export async function openApiDocument(
  version: string,
  operations: readonly Operation[],
): Promise<Readonly<Record<string, unknown>>> {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description:
      "A token, where the server has any; it has a role and may be for some clusters only",
  });
  const described = await Promise.all(routesOf(operations).map(operationAt));
  registerCommon(registry, described.map(({ responses }) => responses));
  for (const each of described) registry.registerPath(each);
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

async function operationAt({ operation, face, path }: OperationRoute): Promise<RouteConfig> {
  const { method, name, tag, summary, role, clusters, load } = operation;
  const { about, request, answers } = await (await load()).describe(face);
  const sentences = [
    ...about === undefined ? [] : [about],
    ...clusters === "each" && face === "v1" ? [SEVERAL] : [],
    needs(role),
  ];
  return {
    method,
    path,
    operationId: face === "v1" ? name : `${name}AtRoot`,
    tags: [tag],
    summary,
    description: sentences.join("\n\n"),
    // Without tokens, anyone on the server's machine may do all of it.
    security: role === "anyone" ? [] : [{ bearer: [] }, {}],
    request,
    responses: responsesOf(operation, face, answers, request?.body !== undefined),
  };
}

/** Who may use it, in words. */
function needs(role: Operation["role"]): string {
  if (role === "anyone") return "Needs no token.";
  const names = ROLES.filter((each) => includesRole(each, role)).map((each) => `\`${each}\``);
  const last = names.pop();
  const roles = names.length === 0 ? last : `${names.join(", ")} or ${last}`;
  return `Where the server has tokens, this needs one with the role ${roles}.`;
}
