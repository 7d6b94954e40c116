import assert from "node:assert/strict";
import { type RegistryUrls, registryUrls } from "./registry_urls.ts";

function asked(what: Parameters<typeof registryUrls>[0]): RegistryUrls {
  const urls = registryUrls(what);
  assert.ok(typeof urls !== "string", "it has URLs");
  return urls;
}

const ROWS: [
  host: string,
  repository: string | undefined,
  api: string,
  tags: string | undefined,
][] = [
  ["ghcr.io", undefined, "https://ghcr.io/v2/", undefined],
  ["ghcr.io", "org/charts", "https://ghcr.io/v2/", "https://ghcr.io/v2/org/charts/tags/list?n=1"],
  ["docker.io", undefined, "https://registry-1.docker.io/v2/", undefined],
  ["index.docker.io", undefined, "https://registry-1.docker.io/v2/", undefined],
  [
    "docker.io",
    "nginx",
    "https://registry-1.docker.io/v2/",
    "https://registry-1.docker.io/v2/library/nginx/tags/list?n=1",
  ],
  [
    "[fd12::1]:5000",
    "a/b_c.d-e",
    "https://[fd12::1]:5000/v2/",
    "https://[fd12::1]:5000/v2/a/b_c.d-e/tags/list?n=1",
  ],
];

for (const [host, repository, api, tags] of ROWS) {
  Deno.test(`the API URLs for ${repository ?? "everything"} of ${host}`, () => {
    const urls = asked({ host, repository, transport: {} });
    assert.deepEqual([urls.api.href, urls.tags?.href], [api, tags]);
  });
}

Deno.test("a registry of plain HTTP has an http URL", () => {
  const { api } = asked({ host: "r:5000", transport: { insecureHttp: true } });
  assert.equal(api.href, "http://r:5000/v2/");
});

for (const host of ["", "256.1.1.1", "a/b", "user@a", "a?b", "a#b", "a b", "a:b", "a\\b"]) {
  Deno.test(`'${host}' is not a registry`, () => {
    const why = "Cannot verify: the registry is not a valid host";
    assert.equal(registryUrls({ host, transport: {} }), why);
  });
}

for (
  const repository of ["", "..", "a/../b", "./a", "a/", "/a", "a//b", "a?b", "a b", "a%2e", "a#b"]
) {
  Deno.test(`'${repository}' is not a repository`, () => {
    const why = "Cannot verify: the repository is not a valid path in a registry";
    assert.equal(registryUrls({ host: "r", repository, transport: {} }), why);
  });
}
