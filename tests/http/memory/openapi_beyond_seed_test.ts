import assert from "node:assert/strict";
import { type Json, openapi, referred } from "../documented.ts";
import { REPO, REPO_BODY, VERIFY } from "../requests.ts";
import { stage } from "../stage.ts";
import { get, post } from "../support.ts";

/** `/openapi.json` of the endpoints beyond the seed matches the server's behavior. */

async function bodyOf(path: string): Promise<Json> {
  const { requestBody } = (await openapi()).paths[path].post;
  assert.equal(requestBody.required, true);
  return referred(requestBody.content["application/json"].schema, await openapi());
}

Deno.test("the document that tests use is the one the server serves", async () => {
  const response = await stage().app.fetch(get("/openapi.json"));
  assert.deepEqual(await response.json(), await openapi());
});

const OF_CREDENTIAL = {
  username: "string",
  password: "string",
  ssh_private_key: "string",
  github_app: "object",
  bearer_token: "string",
  gcp_service_account_key: undefined,
  azure_service_principal: "object",
  use_azure_workload_identity: "boolean",
  tls_client_cert: "string",
  tls_client_key: "string",
};
const TRANSPORT = {
  proxy: "string",
  no_proxy: "string",
  insecure: "boolean",
  insecure_oci_http: "boolean",
};

const BODIES: [path: string, required: string[] | undefined, types: Record<string, Json>][] = [
  [REPO, ["cluster_name", "name", "type"], {
    cluster_name: "string",
    name: "string",
    type: "string",
    url: "string",
    urls: "array",
    as: "string",
    ...OF_CREDENTIAL,
    ...TRANSPORT,
    repository_name: "string",
    project: "string",
    force_basic_auth: "boolean",
    enable_lfs: "boolean",
    depth: "integer",
    template: "boolean",
    upsert: "boolean",
    force: "boolean",
    expires: "string",
    verify: "boolean",
    dry_run: "boolean",
  }],
  [VERIFY, undefined, {
    type: "string",
    url: "string",
    urls: "array",
    registry: "string",
    registries: "array",
    ...OF_CREDENTIAL,
    ...TRANSPORT,
  }],
];

/** Fields that a client's log must not show. */
const SECRET = ["password", "ssh_private_key", "bearer_token", "tls_client_key"];

for (const [path, required, types] of BODIES) {
  Deno.test(`the body of ${path} has exactly the expected fields and types`, async () => {
    const schema = await bodyOf(path);
    assert.deepEqual(schema.required, required);
    assert.equal(schema.additionalProperties, false);
    const found = Object.entries<Json>(schema.properties).map(([name, { type }]) => [name, type]);
    assert.deepEqual(Object.fromEntries(found), types);
    for (const name of SECRET) assert.equal(schema.properties[name].format, "password", name);
    assert.equal(schema.properties.github_app.properties.private_key.format, "password");
  });

  Deno.test(`the server knows each field that the document lists for ${path}`, async () => {
    const { properties } = await bodyOf(path);
    for (const name of Object.keys(properties)) {
      const wrong = { ...(path === REPO ? REPO_BODY : {}), [name]: [{ no: "field takes this" }] };
      const response = await stage().app.fetch(post(path, { type: "git", url: "a/b", ...wrong }));
      const { message } = await response.json();
      // An array of objects lacks their fields here.
      const lacks = message.startsWith(`Missing required fields: ${name}.0.`);
      assert.ok(lacks || new RegExp(`^Field '${name}[^']*' must be `).test(message), message);
    }
  });
}

const PARAMETERS: [
  method: string,
  path: string,
  parameters: [string, string, boolean, string][],
][] = [
  ["delete", "/secrets", [
    ["cluster", "query", true, "string"],
    ["name", "query", true, "string"],
    ["namespaces", "query", false, "string"],
    ["force", "query", false, "boolean"],
    ["dry_run", "query", false, "boolean"],
  ]],
  ["get", "/secrets/{name}", [
    ["name", "path", true, "string"],
    ["cluster", "query", true, "string"],
    ["namespace", "query", false, "string"],
  ]],
];

for (const [method, path, expected] of PARAMETERS) {
  Deno.test(`${method} ${path} has exactly the expected parameters`, async () => {
    const { parameters } = (await openapi()).paths[path][method];
    const found = parameters.map((each: Json) => [
      each.name,
      each.in,
      each.required,
      each.schema.type,
    ]);
    assert.deepEqual(found, expected);
  });
}

Deno.test("each pattern is a valid JSON Schema pattern without flags", async () => {
  const patterns = function* (node: Json): Generator<string> {
    if (typeof node !== "object" || node === null) return;
    if (typeof node.pattern === "string") yield node.pattern;
    for (const value of Object.values(node)) yield* patterns(value);
  };
  const found = [...patterns(await openapi())];
  assert.ok(found.length > 0);
  for (const pattern of found) {
    new RegExp(pattern, "u");
    assert.doesNotMatch(pattern, /\/[a-z]+$/);
  }
});

/** Values that the server accepts, so a client that validates by the document must accept them, too. */
const TAKEN: [path: string, field: string, value: string][] = [
  [REPO, "proxy", "HTTP://proxy.example.com:3128"],
  [REPO, "no_proxy", "localhost,10.0.0.0/8"],
  [REPO, "project", "team.a"],
  [VERIFY, "proxy", "socks5h://user:x@proxy.example.com:1080/"],
];

for (const [path, field, value] of TAKEN) {
  Deno.test(`the document allows a ${field} that the server accepts at ${path}`, async () => {
    const { properties } = await bodyOf(path);
    const { pattern, maxLength } = referred(properties[field], await openapi());
    if (pattern !== undefined) assert.match(value, new RegExp(pattern, "u"));
    assert.ok(maxLength === undefined || value.length <= maxLength);
    const body = { ...REPO_BODY, [field]: value };
    const { cluster_name: _cluster, name: _name, ...credential } = body;
    const request = post(path, path === REPO ? body : credential);
    const verifyOne = () =>
      Promise.resolve({ reachable: true, accepted: true, may: [], asked: "", why: "So it is" });
    const response = await stage({ verifyOne }).app.fetch(request);
    assert.equal(response.status, 200, await response.text());
  });
}
