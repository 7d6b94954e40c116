import assert from "node:assert/strict";
import { OperationError } from "./errors.ts";
import { OPERATIONS } from "./table.ts";

/** Errors of fields inside other fields. */

const CANARY = "canary-4711";
const REPO = { cluster: "c", name: "x", type: "git", url: "https://a.example/b" };
const AZURE = { client_id: "0000000a-000b-000c-000d-00000000000e", tenant_id: "example.com" };
const login = { registry: "a.example", username: "u", password: CANARY };
const docker = (...registries: object[]) => ({
  cluster: "c",
  name: "x",
  namespaces: "a",
  registries,
});

const missing = (...fields: string[]) =>
  `Missing required field${fields.length > 1 ? "s" : ""}: ${fields.join(", ")}`;

const WRONG: [
  operation: string,
  body: object,
  message: string,
  fields: readonly string[],
  nearest?: string,
][] = [
  [
    "addRepo",
    { ...REPO, azure_service_principal: AZURE },
    missing("azure_service_principal.client_secret"),
    ["azure_service_principal.client_secret"],
  ],
  [
    "verifyCredential",
    { type: "git", url: REPO.url, github_app: {} },
    missing("github_app.id", "github_app.installation_id", "github_app.private_key"),
    ["github_app.id", "github_app.installation_id", "github_app.private_key"],
  ],
  [
    "addRepo",
    { ...REPO, url: undefined, name: undefined, azure_service_principal: AZURE },
    missing("name", "url", "azure_service_principal.client_secret"),
    ["name", "url", "azure_service_principal.client_secret"],
  ],
  [
    "addDocker",
    docker(login, { ...login, password: undefined }),
    missing("registries.1.password"),
    ["registries.1.password"],
  ],
  [
    "addDocker",
    docker(login, { registry: "b.example", usrname: "u", password: CANARY }),
    "Unknown field 'registries.1.usrname'; did you mean 'username'?",
    ["registries.1.usrname"],
    "registries.1.username",
  ],
  [
    "addRepo",
    {
      ...REPO,
      azure_service_principal: { ...AZURE, client_secret: CANARY, autority_url: CANARY },
    },
    "Unknown field 'azure_service_principal.autority_url'; did you mean 'authority_url'?",
    ["azure_service_principal.autority_url"],
    "azure_service_principal.authority_url",
  ],
  [
    "addRepo",
    { ...REPO, azure_service_principal: { ...AZURE, client_secret: CANARY, [CANARY]: 1 } },
    "Field 'azure_service_principal' has an unknown field",
    ["azure_service_principal"],
  ],
];

for (const [name, given, message, fields, nearest] of WRONG) {
  Deno.test(`${name}: ${message}`, async () => {
    const { take } = await OPERATIONS.find((each) => each.name === name)!.load();
    const body = new TextEncoder().encode(JSON.stringify(given));
    const input = {
      face: "v1",
      method: "POST",
      query: new URLSearchParams(),
      path: {},
      body,
    } as const;
    assert.throws(() => take(input), (error) => {
      assert.ok(error instanceof OperationError);
      assert.equal(
        error.code,
        nearest !== undefined || /^Field/.test(message) ? "unknown_field" : "missing_field",
      );
      assert.deepEqual([error.message, error.fields, error.remedy?.field], [
        message,
        fields,
        nearest,
      ]);
      return true;
    });
  });
}
