import assert from "node:assert/strict";
import type { Role } from "../../../src/tokens/rights.ts";
import { type Json, openapi, referred } from "../documented.ts";
import { ROUTES } from "../routes.ts";
import { stage } from "../stage.ts";
import { get } from "../support.ts";

/** Each operation in `/openapi.json`: its ID, its tag and its role. */

/** Generated clients use these names: changing one breaks them. */
const OPERATIONS: [
  method: string,
  root: string | undefined,
  v1: string,
  name: string,
  tag: string,
][] = [
  ["get", "/", "", "getIndex", "server"],
  ["get", "/health", "/health", "getHealth", "server"],
  ["get", "/clusters", "/clusters", "listClusters", "clusters"],
  ["get", "/secrets", "/secrets", "listSecrets", "secrets"],
  ["delete", "/secrets", "/secrets", "deleteSecret", "secrets"],
  ["post", "/secrets/add_docker", "/docker", "addDocker", "secrets"],
  ["post", "/secrets/add_helm_repo", "/helm_repositories", "addHelmRepo", "secrets"],
  ["post", "/secrets/add_repo", "/repositories", "addRepo", "secrets"],
  ["post", "/secrets/verify", "/verifications", "verifyCredential", "secrets"],
  ["get", "/secrets/{name}", "/secrets/{name}", "getSecret", "secrets"],
  ["get", undefined, "/credentials", "listCredentials", "secrets"],
  ["post", undefined, "/credentials/find", "findCredential", "secrets"],
  ["post", undefined, "/checks", "checkCredentials", "secrets"],
  ["get", undefined, "/explain", "explain", "secrets"],
  ["post", undefined, "/rotations", "rotateCredential", "secrets"],
  ["get", undefined, "/rotations/{id}", "showRotation", "secrets"],
  ["get", "/audit", "/audit", "listAuditEntries", "audit"],
  ["get", "/openapi.json", "/openapi.json", "getOpenApi", "server"],
];

Deno.test("each operation has the operationId and tag that generated clients rely on", async () => {
  const { paths } = await openapi();
  const found = Object.entries<Json>(paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).map(([method, { operationId, tags: [tag, ...more] }]) => {
      assert.deepEqual(more, []);
      return [method, path, operationId, tag];
    })
  );
  assert.deepEqual(found, [
    ...OPERATIONS.filter(([, root]) => root !== undefined)
      .map(([method, root, , name, tag]) => [method, root, `${name}AtRoot`, tag]),
    ...OPERATIONS.map(([method, , v1, name, tag]) => [method, `/api/v1${v1}`, name, tag]),
  ]);
});

Deno.test("the document explains exactly the tags in use", async () => {
  const { tags } = await openapi();
  const used = new Set(OPERATIONS.map(([, , , , tag]) => tag));
  assert.deepEqual(tags.map(({ name }: Json) => name), [...used]);
});

/** The roles as in a description. */
const MAY: Readonly<Record<Role, string>> = {
  reader: "`reader`, `writer` or `admin`",
  writer: "`writer` or `admin`",
  admin: "`admin`",
};

for (const { method, path, role, summary } of ROUTES) {
  Deno.test(`${method.toUpperCase()} ${path} documents that it requires ${role}`, async () => {
    const operation = (await openapi()).paths[path][method];
    assert.equal(operation.summary, summary);
    const last = operation.description.split("\n\n").at(-1);
    if (role === "anyone") {
      assert.deepEqual(operation.security, []);
      assert.equal(last, "Requires no token.");
    } else {
      assert.deepEqual(operation.security, [{ bearer: [] }, {}]);
      assert.equal(last, `If the server requires tokens, this needs one with role ${MAY[role]}.`);
    }
  });
}

Deno.test("the security scheme is a bearer token", async () => {
  const { bearer } = (await openapi()).components.securitySchemes;
  assert.deepEqual([bearer.type, bearer.scheme], ["http", "bearer"]);
});

for (const { method, path, parameters = [] } of ROUTES) {
  Deno.test(`GET / lists the parameters of ${method.toUpperCase()} ${path}`, async () => {
    const described: Json[] = (await openapi()).paths[path][method].parameters ?? [];
    const inQuery = described.filter((each) => each.in === "query").map(({ name }) => name);
    assert.deepEqual(parameters, inQuery);
    if (path === "/") return;
    const { endpoints } = await (await stage().app.fetch(get("/"))).json();
    const said = endpoints[`${method.toUpperCase()} ${path}`];
    const more = /^[^;]*(?:; parameters?: (.*))?$/.exec(said)?.[1];
    assert.equal(more, inQuery.length === 0 ? undefined : inQuery.join(", "));
  });
}

/** Parameters and body fields, nested ones included. */
function* inputs(operation: Json, root: Json): Generator<[name: string, schema: Json]> {
  for (const { name, schema } of operation.parameters ?? []) yield [name, schema];
  const body = operation.requestBody?.content["application/json"].schema;
  if (body) yield* fields(referred(body, root));
}

function* fields({ properties = {}, items }: Json): Generator<[name: string, schema: Json]> {
  for (const [name, schema] of Object.entries<Json>(properties)) {
    yield [name, schema];
    yield* fields(schema);
  }
  if (items) yield* fields(items);
}

for (const { method, path } of ROUTES) {
  Deno.test(`each input of ${method.toUpperCase()} ${path} has a description and a type or several`, async () => {
    const root = await openapi();
    for (const [name, schema] of inputs(root.paths[path][method], root)) {
      assert.ok(schema.description?.length > 5, name);
      assert.ok((schema.type === undefined) !== (schema.anyOf === undefined), name);
    }
  });
}

/** An endpoint's own description of a status that has common causes, too. */
const JOINED: [method: string, path: string, status: number, text: RegExp, bodies: string[]][] = [
  [
    "get",
    "/secrets",
    400,
    /^A parameter is missing, unknown or invalid; the header `Host` is missing/,
    [
      "PlainError",
    ],
  ],
  ["get", "/secrets", 500, /^The kubeconfig.*; a bug in the server/, ["Secrets", "PlainError"]],
  ["get", "/secrets", 503, /^The cluster.*; too many concurrent requests: /, [
    "Secrets",
    "PlainError",
  ]],
  ["get", "/secrets", 504, /^The cluster did not respond in time$/, ["Secrets"]],
  ["get", "/audit", 503, /^The audit log cannot be read; too many concurrent requests: /, [
    "Error",
  ]],
  ["delete", "/secrets", 503, /audit log cannot be written; too many/, ["WriteFailed", "Error"]],
  ["post", "/secrets/verify", 503, /^Too many concurrent requests: /, ["Error"]],
  ["get", "/health", 503, /^The server is shutting down$/, ["PlainError"]],
];

for (const [method, path, status, text, bodies] of JOINED) {
  Deno.test(`${status} of ${method.toUpperCase()} ${path} documents each of its causes`, async () => {
    const root = await openapi();
    const response = referred(root.paths[path][method].responses[status], root);
    assert.match(response.description, text);
    const { schema } = response.content["application/json"];
    const names = (schema.anyOf ?? [schema]).map(({ $ref }: Json) => $ref.split("/").at(-1));
    assert.deepEqual(names, bodies);
  });
}
