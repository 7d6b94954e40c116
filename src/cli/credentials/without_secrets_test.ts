import assert from "node:assert/strict";
import { checked } from "./checked.ts";
import type { ApiRequest } from "./request.ts";
import { withoutSecrets } from "./without_secrets.ts";

const NOT_GIVEN = {
  bearer_token: undefined,
  ssh_private_key: undefined,
  gcp_service_account_key: undefined,
  tls_client_key: undefined,
  no_proxy: undefined,
};

const repository: ApiRequest = {
  method: "POST",
  path: "/repositories",
  body: {
    cluster: "one",
    name: "n",
    type: "git",
    url: undefined,
    urls: ["https://h.example.com/a", "https://h.example.com/b"],
    username: "u",
    password: "not-a-password",
    ...NOT_GIVEN,
    proxy: "http://u:not-a-password@proxy.example.com:3128",
  },
};

Deno.test("what stands for a secret is where one was given, and nowhere else", () => {
  assert.deepEqual(withoutSecrets(repository).body, {
    cluster: "one",
    name: "n",
    type: "git",
    urls: ["https://h.example.com/a", "https://h.example.com/b"],
    username: "u",
    password: "***",
    proxy: "http://***@proxy.example.com:3128",
  });
});

Deno.test("in what is within others, too", () => {
  const app = { id: "1", installation_id: undefined, private_key: "not-a-key" };
  const body = { github_app: app, registries: [{ username: "u", password: "not-a-password" }] };
  assert.deepEqual(withoutSecrets({ ...repository, body }).body, {
    github_app: { id: "1", private_key: "***" },
    registries: [{ username: "u", password: "***" }],
  });
});

for (
  const request of [
    repository,
    {
      method: "POST",
      path: "/docker",
      body: {
        cluster: "one",
        name: "n",
        registries: [{ registry: "ghcr.io", username: "u", password: "not-a-password" }],
        username: undefined,
        password: undefined,
        namespaces: "a,b",
      },
    },
    {
      method: "DELETE",
      path: "/secrets",
      query: { cluster: "one", name: "n", namespaces: undefined, force: "true" },
    },
  ] satisfies ApiRequest[]
) {
  Deno.test(`the API takes what is shown of ${request.method} ${request.path}`, async () => {
    const shown = withoutSecrets(request);
    const [path, query] = shown.path.split("?");
    const api = checked("argocd", {
      place: "nowhere",
      open: () => Promise.reject(new Error("No cluster is asked")),
    });
    const { status, body } = await api.ask({
      method: shown.method,
      path: path!.replace(/^\/api\/v1/, ""),
      query: Object.fromEntries(new URLSearchParams(query)),
      body: shown.body as ApiRequest["body"],
    });
    assert.equal(status, 200, JSON.stringify(body));
  });
}
