import assert from "node:assert/strict";
import { Failure } from "../failure.ts";
import { operationNamed } from "../../operations/table.ts";
import { remote } from "./remote.ts";

/** Whether a proxy of the environment is used for a server. */

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** The received requests, with their headers. */
  readonly got: string[];
}

/** A proxy that responds to everything itself. */
function proxy(): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const got: string[] = [];
  const ended = (async () => {
    for await (const connection of listener) {
      const block = new Uint8Array(4096);
      const length = await connection.read(block);
      got.push(new TextDecoder().decode(block.subarray(0, length ?? 0)));
      const body = '{"by":"proxy"}';
      await connection.write(
        new TextEncoder().encode(
          `HTTP/1.1 200 OK\r\nX-Request-Id: 1\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
        ),
      );
      connection.close();
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    got,
    async [Symbol.asyncDispose]() {
      listener.close();
      await ended;
    },
  };
}

const OURS = /_proxy$|^ARGOCD_CONFIGURER_(SERVER_)?TOKEN$/i;

/** Runs with these proxy variables and no others. */
async function withEnv<T>(env: Record<string, string>, run: () => Promise<T>): Promise<T> {
  const before = Object.entries(Deno.env.toObject()).filter(([name]) => OURS.test(name));
  const clear = () => {
    for (const name of Object.keys(Deno.env.toObject())) if (OURS.test(name)) Deno.env.delete(name);
  };
  clear();
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  try {
    return await run();
  } finally {
    clear();
    for (const [name, value] of before) Deno.env.set(name, value);
  }
}

const TOKEN = `token-${crypto.randomUUID()}`;
const PASSWORD = `password-${crypto.randomUUID()}`;

/** The response of a server at this URL, and the path of the request. */
async function ask(url: string, env: Record<string, string>): Promise<unknown> {
  return await withEnv({ ...env, ARGOCD_CONFIGURER_SERVER_TOKEN: TOKEN }, async () => {
    const backend = remote({ url, namedBy: "--server", plainHttp: true, requestTimeout: 5 });
    try {
      const body = { password: PASSWORD };
      return (await backend.request(operationNamed("addDocker"), body)).body;
    } finally {
      await backend.close();
    }
  });
}

const VARIABLES = [
  "http_proxy",
  "HTTP_PROXY",
  "all_proxy",
  "ALL_PROXY",
  "https_proxy",
  "HTTPS_PROXY",
];

for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
  for (const variables of [...VARIABLES.map((name) => [name]), VARIABLES]) {
    const shown = variables.length === 1 ? variables[0] : "all of them";
    Deno.test(`requests to a server at ${host} use no proxy, with ${shown} set`, async () => {
      await using between = proxy();
      await using server = Deno.serve(
        { hostname: host.replace(/[[\]]/g, ""), port: 0, onListen: () => {} },
        () => Response.json({ by: "server" }, { headers: { "X-Request-Id": "1" } }),
      );
      const env = Object.fromEntries(variables.map((name) => [name, between.url]));
      assert.deepEqual(await ask(`http://${host}:${server.addr.port}`, env), { by: "server" });
      assert.deepEqual(between.got, [], "the proxy got neither token nor password");
    });
  }
}

Deno.test("requests to another machine use the proxy of the environment", async () => {
  await using between = proxy();
  const env = { http_proxy: between.url, all_proxy: "http://127.0.0.1:1" };
  assert.deepEqual(await ask("http://server.invalid", env), { by: "proxy" });
  assert.match(between.got[0]!, /^POST http:\/\/server\.invalid\/api\/v1\/docker HTTP\/1\.1/);
});

Deno.test("for HTTPS to another machine the proxy opens a tunnel, and gets no token", async () => {
  await using between = proxy();
  await assert.rejects(ask("https://server.invalid", { HTTPS_PROXY: between.url }), Failure);
  assert.match(between.got[0]!, /^CONNECT server\.invalid:443 HTTP\/1\.1/);
  assert.ok(!between.got.join().includes(TOKEN));
});

for (
  const [why, env] of [
    ["NO_PROXY covers it", { http_proxy: "URL", NO_PROXY: ".invalid" }],
    ["only ALL_PROXY is set, which kubectl does not read either", { ALL_PROXY: "URL" }],
    ["only the other scheme has a proxy", { https_proxy: "URL" }],
  ] as const
) {
  Deno.test(`requests to another machine use no proxy if ${why}`, async () => {
    await using between = proxy();
    const set = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace("URL", between.url)]),
    );
    await assert.rejects(ask("http://server.invalid", set), /host not found$/);
    assert.deepEqual(between.got, []);
  });
}

Deno.test("an invalid proxy URL is a usage error, and not printed", async () => {
  const env = { http_proxy: "ftp://user:a-secret@proxy.invalid" };
  await assert.rejects(
    ask("http://server.invalid", env),
    new Failure(
      "Cannot use HTTP_PROXY: it is not the URL of an http, https, socks5 or socks5h proxy",
      2,
    ),
  );
});

Deno.test("a request leaves the environment unchanged", async () => {
  await using between = proxy();
  await withEnv({ http_proxy: between.url, NO_PROXY: "x" }, async () => {
    await remote({ url: "http://localhost:1", namedBy: "--server", plainHttp: false }).close();
    assert.equal(Deno.env.get("http_proxy"), between.url);
    assert.equal(Deno.env.get("NO_PROXY"), "x");
  });
});
