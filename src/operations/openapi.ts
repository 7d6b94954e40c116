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
    200: json("The OpenAPI document", z.record(z.string(), z.unknown())),
    ...errors({ 400: "The request has a query parameter; none is allowed" }),
  },
});

const TAGS: Readonly<Record<Tag, string>> = {
  server: "The server itself",
  clusters: "Clusters and their state",
  secrets: "Credentials and the secrets that store them",
  audit: "Audit log of attempted writes",
};

const ABOUT =
  "Manage image pull secrets and Argo CD repository credentials on many Kubernetes clusters.\n\n" +
  "Every operation has a path below `/api/v1`; the older ones also have one at the root, which " +
  "does the same. Every response is JSON, except streams of events. An error has `error`, a " +
  "`message` for people and a `code` for machines. The six oldest paths (`/`, `/health`, `/clusters`, " +
  "`/secrets`, `/secrets/add_docker`, `/secrets/add_helm_repo`) have no `code`; if the cluster of " +
  "`GET /secrets` cannot be queried, its error has the fields of a list in place of `error`. Unknown and " +
  "duplicate fields of a request body are errors. Unknown parameters of a query are errors, except for " +
  "`GET /` and `GET /health`; a POST has no parameters, a DELETE no body. A HEAD request gets the response " +
  "of a GET, without the body.";

/** For operations that may be about several clusters. */
const SEVERAL =
  "With `clusters` or `cluster_selector` in place of `cluster`, the operation runs on each of these clusters " +
  "separately, and the response lists the result of each. With `Accept: application/x-ndjson`, the response " +
  "about several clusters is a stream of events, one per line: `started`, `cluster` as each finishes, and " +
  "`done`. A stream without `done` was cut off; the state of clusters that it does not name is unknown.";

/** The meaning of a request without a selection, for the same operations. */
const WITHOUT_SELECTION = {
  read:
    "Without `cluster`, `clusters` and `cluster_selector`, the request is about all clusters that the token may use.",
  write:
    "Without `cluster`, `clusters` and `cluster_selector`, the request is rejected (`selection_required`).",
};

export const take: OperationModule["take"] = ({ query }) => {
  parseQuery(query, NoQuery);
  return {
    async run({ version, operations }) {
      const body = await openApiDocument(version, operations);
      return { reply: () => ({ status: 200, body }) };
    },
  };
};

/** Generates the document from the schemas of the operations. */
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
      "A token, if the server requires one. A token has a role, and may be limited to some clusters",
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
    servers: [{ url: "/", description: "The server of this document" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
  return { ...document };
}

async function operationAt({ operation, face, path }: OperationRoute): Promise<RouteConfig> {
  const { method, name, tag, summary, role, clusters, effect, load } = operation;
  const { about, request, answers } = await (await load()).describe(face);
  const sentences = [
    ...about === undefined ? [] : [about],
    ...clusters === "each" && face === "v1"
      ? [`${SEVERAL} ${WITHOUT_SELECTION[effect === "read" ? "read" : "write"]}`]
      : [],
    needs(role),
  ];
  return {
    method,
    path,
    operationId: face === "v1" ? name : `${name}AtRoot`,
    tags: [tag],
    summary,
    description: sentences.join("\n\n"),
    // Without tokens, any local user of the server's machine may call every operation.
    security: role === "anyone" ? [] : [{ bearer: [] }, {}],
    request,
    responses: responsesOf(operation, face, answers, request?.body !== undefined),
  };
}

/** Which tokens may call the operation, in words. */
function needs(role: Operation["role"]): string {
  if (role === "anyone") return "Requires no token.";
  const names = ROLES.filter((each) => includesRole(each, role)).map((each) => `\`${each}\``);
  const last = names.pop();
  const roles = names.length === 0 ? last : `${names.join(", ")} or ${last}`;
  return `If the server requires tokens, this needs one with role ${roles}.`;
}
