import assert from "node:assert/strict";
import { makeCanary } from "../support/canary.ts";
import { startHelmServer } from "./helm_server.ts";
import { basicHeader, serve } from "./http_server.ts";
import { helmLogin, tried } from "./support.ts";

Deno.test("a chart repository accepts a correct credential, and its charts are counted", async () => {
  const { value } = makeCanary();
  const known = basicHeader("alice", value);
  await using server = await startHelmServer({ visitors: [known] });
  for (const end of ["", "/", "?query=1#fragment"]) {
    assert.deepEqual(await tried(helmLogin(`${server.url}/charts${end}`, value)), {
      reachable: true,
      accepted: true,
      may: ["list charts (2 entries)"],
      status: 200,
      asked: `${server.url}/charts/index.yaml`,
      why: "The repository accepts the credential: its charts can be listed",
    });
  }
  const shown = server.seen.slice(0, 2).map(({ authorization }) => authorization);
  assert.deepEqual(
    shown,
    [undefined, known],
    "the first request is anonymous, the second has the credential",
  );
});

Deno.test("a chart repository rejects a wrong credential", async () => {
  const { value } = makeCanary();
  await using server = startHelmServer({ visitors: [basicHeader("alice", "another")] });
  const verdict = await tried(helmLogin(`${server.url}/charts`, value));
  assert.deepEqual([verdict.reachable, verdict.accepted, verdict.may], [true, false, []]);
  assert.equal(verdict.why, "The repository refuses the credential (401 Unauthorized)");
});

Deno.test("a public chart repository proves nothing about a credential", async () => {
  const { value } = makeCanary();
  await using server = startHelmServer({ visitors: ["*"] });
  const verdict = await tried(helmLogin(`${server.url}/charts`, value));
  assert.deepEqual([verdict.accepted, verdict.open, verdict.may], [
    undefined,
    true,
    ["list charts (2 entries)"],
  ]);
  assert.equal(
    verdict.why,
    "The repository is public: its charts can be listed without a credential",
  );
});

Deno.test("user information in a URL is neither shown nor sent", async () => {
  const { value } = makeCanary();
  await using server = startHelmServer({ visitors: ["*"] });
  const url = `http://bob:${value}@127.0.0.1:${server.port}/charts`;
  const verdict = await tried({ kind: "helm", url, transport: {} });
  assert.equal(verdict.asked, `${server.url}/charts/index.yaml`);
  assert.ok(!JSON.stringify([verdict, server.seen]).includes(value));
  assert.deepEqual(server.seen.map(({ authorization }) => authorization), [undefined, undefined]);
});

const OTHERS: [what: string, respond: () => Response, why: RegExp][] = [
  [
    "404",
    () => new Response(null, { status: 404 }),
    /^No index.yaml at the URL \(404 Not Found\), or/,
  ],
  [
    "500",
    () => new Response("secret", { status: 500 }),
    /^Unexpected response from the repository: HTTP 500$/,
  ],
  [
    "a page to log in",
    () => new Response("<html>log in</html>", { headers: { "content-type": "text/html" } }),
    /is not a Helm repository index$/,
  ],
  ["broken YAML", () => new Response("a: [secret"), /is not a Helm repository index$/],
];

for (const [what, respond, why] of OTHERS) {
  Deno.test(`a chart repository that answers with ${what} proves nothing about a credential`, async () => {
    const { value } = makeCanary();
    await using server = serve(respond);
    const verdict = await tried(helmLogin(server.url, value));
    assert.deepEqual([verdict.reachable, verdict.accepted, verdict.may], [true, undefined, []]);
    assert.ok(!("open" in verdict), "without a readable index, open is not set");
    assert.match(verdict.why, why);
    assert.doesNotMatch(verdict.why, /secret/);
  });
}

Deno.test("a compressed index is decompressed", async () => {
  const index = "apiVersion: v1\nentries: {one: []}\n";
  await using server = serve(() => {
    const packed = new Blob([index]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Response(packed, { headers: { "content-encoding": "gzip" } });
  });
  const { may } = await tried({ kind: "helm", url: server.url, transport: {} });
  assert.deepEqual(may, ["list charts (1 entry)"]);
});

for (const url of ["ssh://git@example.test/x", "example.test", "file:///etc/passwd", "oci://x/y"]) {
  Deno.test(`${url} is rejected without a request`, async () => {
    assert.deepEqual(await tried(helmLogin(url, makeCanary().value)), {
      reachable: false,
      accepted: undefined,
      may: [],
      asked: "",
      why: "Cannot verify: the URL is not an http or https URL",
    });
  });
}
