import assert from "node:assert/strict";
import { OPERATIONS } from "../../../src/operations/table.ts";
import { type Json, referred } from "../documented.ts";
import { stage } from "../stage.ts";
import { DOCKER_BODY, get, HELM_BODY } from "../support.ts";

/** `/openapi.json` is a valid OpenAPI 3.1 document of the whole API. */

async function fetched(path: string): Promise<Json> {
  const response = await stage().app.fetch(get(path));
  assert.equal(response.status, 200);
  return await response.json();
}

const document = () => fetched("/openapi.json");

function* operations(openapi: Json): Generator<[method: string, path: string, operation: Json]> {
  for (const [path, item] of Object.entries<Json>(openapi.paths)) {
    for (const [method, operation] of Object.entries(item)) yield [method, path, operation];
  }
}

/** Every `$ref` in the document. */
function references(node: Json): Json[] {
  if (typeof node !== "object" || node === null) return [];
  return [
    ...(typeof node.$ref === "string" ? [node] : []),
    ...Object.values(node).flatMap(references),
  ];
}

Deno.test("the document is OpenAPI 3.1, and each response is JSON, or events for several clusters, with a request ID", async () => {
  const openapi = await document();
  assert.match(openapi.openapi, /^3\.1\.\d+$/);
  assert.equal(openapi.info.title, "Cluster API Configuration Server");
  assert.equal(openapi.info.version, "1.2.3");
  const ofSeveral = new Set(
    OPERATIONS.filter(({ clusters }) => clusters === "each" || clusters === "many")
      .map(({ name }) => name),
  );
  for (const [method, path, operation] of operations(openapi)) {
    for (const [status, answer] of Object.entries<Json>(operation.responses)) {
      const { description, content, headers } = referred(answer, openapi);
      const what = `${method} ${path} ${status}`;
      assert.ok(description.length > 5, what);
      const isOfSeveral = status === "200" && ofSeveral.has(operation.operationId);
      const types = ["application/json", ...isOfSeveral ? ["application/x-ndjson"] : []];
      assert.deepEqual(Object.keys(content), types, what);
      assert.ok(content["application/json"].schema, what);
      assert.equal(referred(headers["X-Request-Id"], openapi).required, true, what);
    }
  }
});

Deno.test("every component but the security scheme is referenced", async () => {
  const openapi = await document();
  const { securitySchemes: _, ...components } = openapi.components;
  const all = Object.entries<Json>(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`)
  );
  const found = new Set(references(openapi).map(({ $ref }) => $ref));
  assert.deepEqual(all.filter((each) => !found.has(each)), []);
});

Deno.test("the document has GET / and exactly the endpoints that it lists", async () => {
  const { endpoints } = await fetched("/");
  const described = [...operations(await document())].map(([method, path]) =>
    `${method.toUpperCase()} ${path}`
  );
  const others = described.filter((each) => each !== "GET /" && each !== "GET /api/v1");
  assert.equal(others.length, described.length - 2);
  assert.deepEqual(others, Object.keys(endpoints));
});

const BODIES: [path: string, seed: object, always: string[], optional: Record<string, unknown>][] =
  [
    ["/secrets/add_docker", DOCKER_BODY, ["cluster_name", "name"], {
      upsert: false,
      force: false,
      registry: "ghcr.io",
      git_write_back: false,
      registries: undefined,
      merge: false,
      service_accounts: undefined,
      namespace_selector: undefined,
      all_namespaces: false,
      exclude_namespaces: undefined,
      create_namespaces: false,
      expires: undefined,
      verify: false,
      dry_run: false,
    }],
    ["/secrets/add_helm_repo", HELM_BODY, ["name", "cluster_name", "username", "password"], {
      use_oci: undefined,
      upsert: false,
      force: false,
      template: true,
      type: undefined,
      repository_urls: undefined,
      expires: undefined,
      verify: false,
      dry_run: false,
    }],
  ];

/** The types of fields that are not booleans. */
const TYPES: Readonly<Record<string, string>> = {
  registry: "string",
  registries: "array",
  service_accounts: "array",
  namespace_selector: "string",
  exclude_namespaces: "array",
  expires: "string",
  type: "string",
  repository_urls: "array",
};

for (const [path, seed, always, optional] of BODIES) {
  Deno.test(`the body of ${path} has the seed's fields, requires those without a default, and allows no unknown ones`, async () => {
    const openapi = await document();
    const { requestBody } = openapi.paths[path].post;
    assert.equal(requestBody.required, true);
    const schema = referred(requestBody.content["application/json"].schema, openapi);
    assert.deepEqual(schema.required, always);
    assert.equal(schema.additionalProperties, false);
    const names = [...Object.keys(seed), ...Object.keys(optional)];
    assert.deepEqual(Object.keys(schema.properties).sort(), names.sort());
    assert.equal(schema.properties.password.format, "password");
    for (const [name, value] of Object.entries(optional)) {
      const { type, description } = schema.properties[name];
      assert.equal(type, TYPES[name] ?? "boolean", name);
      if (value !== undefined) assert.match(description, new RegExp(`; default: ${value}$`));
    }
  });

  Deno.test(`the server knows each field that the document lists for ${path}`, async () => {
    const openapi = await document();
    const { schema } = openapi.paths[path].post.requestBody.content["application/json"];
    const { properties } = referred(schema, openapi);
    for (const name of Object.keys(properties)) {
      // No field accepts this value: the server's error is about the value, not the name.
      const response = await stage().app.fetch(
        new Request(`http://localhost${path}`, {
          method: "POST",
          headers: { Host: "localhost" },
          body: JSON.stringify({ ...seed, [name]: { no: "field takes this" } }),
        }),
      );
      const { message } = await response.json();
      assert.match(message, new RegExp(`^Field '${name}' must be `));
    }
  });
}

/** Every input schema of an operation. */
function* taken({ parameters = [], requestBody }: Json, openapi: Json): Generator<Json> {
  for (const { schema } of parameters) yield schema;
  const body = requestBody?.content["application/json"].schema;
  if (body) yield referred(body, openapi);
}

/** A schema and its subschemas, without examples. */
function* schemasIn(node: Json): Generator<Json> {
  if (typeof node !== "object" || node === null) return;
  yield node;
  for (const [word, value] of Object.entries(node)) {
    if (word === "properties") {
      for (const field of Object.values(value as object)) yield* schemasIn(field);
    } else if (word !== "example" && word !== "required" && word !== "enum") {
      yield* schemasIn(value);
    }
  }
}

Deno.test("no input has a default, which generated types would require", async () => {
  const openapi = await document();
  const found = [...operations(openapi)].flatMap(([method, path, operation]) =>
    [...taken(operation, openapi)].flatMap((schema) => [...schemasIn(schema)])
      .filter((schema) => Object.hasOwn(schema, "default")).map(() => `${method} ${path}`)
  );
  assert.deepEqual(found, []);
});

Deno.test("GET /secrets has one parameter, a required string in the query", async () => {
  const { parameters } = (await document()).paths["/secrets"].get;
  assert.deepEqual(
    parameters.map(({ name, in: place, required, schema }: Json) => [
      name,
      place,
      required,
      schema.type,
    ]),
    [["cluster", "query", true, "string"]],
  );
});

const ANSWERS: [path: string, request: () => Request][] = [
  ["/health", () => get("/health")],
  ["/clusters", () => get("/clusters")],
  ["/secrets", () => get("/secrets?cluster=test-cluster")],
];

for (const [path, request] of ANSWERS) {
  Deno.test(`the answer of GET ${path} has the documented fields`, async () => {
    const openapi = await document();
    const content = openapi.paths[path].get.responses["200"].content["application/json"];
    const schema = referred(content.schema, openapi);
    const body = await (await stage().app.fetch(request())).json();
    for (const name of schema.required) assert.ok(name in body, name);
    for (const name of Object.keys(body)) assert.ok(name in schema.properties, name);
  });
}
