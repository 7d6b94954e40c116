import assert from "node:assert/strict";
import { seal } from "../../src/log/sealed.ts";
import { PUBLIC_ISSUERS } from "../../src/verify/issuers.ts";
import type { GitCredential, Verifiable } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { fakeClock } from "../support/fake_clock.ts";
import { rsaKeys } from "../support/rsa_keys.ts";
import { serve } from "./http_server.ts";
import { pause, type RawServer, startRawServer } from "./raw_server.ts";
import { helmLogin, names, tried } from "./support.ts";

/** Limits for servers that hang, or respond without end. */

const helm = (url: string) => helmLogin(url, makeCanary().value);

const OK = "HTTP/1.1 200 OK\r\n";
const forever = async (write: (text: string) => Promise<void>, text: string) => {
  for (;;) {
    await write(text);
    await pause(10);
  }
};

type Say = Parameters<typeof startRawServer>[0];

const HANGS: [
  what: string,
  say: Say,
  reachable: boolean,
  make?: (server: RawServer) => Verifiable,
][] = [
  ["sends nothing", () => Promise.resolve(), false],
  [
    "sends nothing after a TLS hello",
    () => Promise.resolve(),
    false,
    ({ url }) => helm(url.replace("http:", "https:")),
  ],
  ["trickles its first line", async (write) => {
    await write(OK.trimEnd());
    await forever(write, "K");
  }, false],
  ["trickles headers", async (write) => {
    await write(OK);
    await forever(write, `X-${crypto.randomUUID()}: 1\r\n`);
  }, false],
  ["stops in the body", (write) => write(`${OK}Content-Length: 100\r\n\r\napiVersion: v1`), true],
  ["trickles the body", async (write) => {
    await write(`${OK}Content-Length: 1000000\r\n\r\n`);
    await forever(write, "a");
  }, true],
  [
    "is a proxy and sends nothing",
    () => Promise.resolve(),
    false,
    ({ port }) => ({
      ...helm("https://charts.test"),
      transport: { proxy: `http://proxy.test:${port}` },
    }),
  ],
  [
    "is a proxy and sends nothing after CONNECT",
    (write) => write(`${OK}\r\n`),
    false,
    ({ port }) => ({
      ...helm("https://charts.test"),
      transport: { proxy: `http://proxy.test:${port}` },
    }),
  ],
  [
    "is a registry's token server and sends nothing",
    (write, asked) => {
      const [, host = ""] = /^host: (.*)\r$/im.exec(asked) ?? [];
      const realm = `Www-Authenticate: Bearer realm="http://${host}/token"`;
      return asked.startsWith("GET /v2/")
        ? write(`HTTP/1.1 401 No\r\n${realm}\r\nContent-Length: 0\r\n\r\n`)
        : Promise.resolve();
    },
    true,
    ({ port }) => ({
      ...helm(""),
      kind: "registry",
      host: `127.0.0.1:${port}`,
      transport: { insecureHttp: true },
    }),
  ],
];

for (const [what, say, reachable, make = ({ url }: RawServer) => helm(url)] of HANGS) {
  Deno.test(`a server that ${what} takes no longer than the deadline`, async () => {
    using clock = fakeClock();
    const hangs = Promise.withResolvers<void>();
    await using server = startRawServer(async (write, asked) => {
      // A registry's first response only leads to the token server.
      if (!asked.startsWith("GET /v2/")) hangs.resolve();
      await say(write, asked);
    });
    let isOver = false;
    const controller = new AbortController();
    const trying = tried(make(server), {
      seconds: 1,
      resolve: names({ "proxy.test": ["127.0.0.1"] }),
      signal: controller.signal,
    }).finally(() => isOver = true);
    using _end = { [Symbol.dispose]: () => controller.abort() };
    await hangs.promise;
    await clock.settle();
    await clock.advance(999);
    await clock.settle();
    assert.ok(!isOver, "not before the deadline");
    await clock.advance(1);
    await clock.settle();
    assert.ok(isOver, "at the deadline");
    const verdict = await trying;
    assert.deepEqual([verdict.reachable, verdict.accepted], [reachable, undefined]);
    assert.match(verdict.why, /^Request to [^ ]+ failed: timeout after 1 second$/);
    await clock.advance(100); // a write fails when the client is gone
    await server.allGone(1);
  });
}

Deno.test("a name lookup that hangs takes no longer than the deadline", async () => {
  using _clock = fakeClock({ runs: true });
  const { reachable, why } = await tried(helm("http://charts.test"), {
    seconds: 0.2,
    resolve: () => new Promise(() => {}),
  });
  assert.equal(reachable, false);
  assert.equal(why, "Request to charts.test failed: timeout after 0.2 seconds");
});

const git = (url: string, password: string): GitCredential => ({
  kind: "git",
  url,
  username: "alice",
  password: seal(password),
  transport: {},
});

Deno.test("an issuer that does not respond delays the verdict to the deadline, and does not change it", async () => {
  using clock = fakeClock();
  const isAsked = Promise.withResolvers<void>();
  await using hung = startRawServer(() => Promise.resolve(isAsked.resolve()));
  const headers = { "content-type": "application/x-git-upload-pack-advertisement" };
  await using server = serve((request) =>
    request.headers.has("authorization")
      ? new Response("", { headers })
      : new Response(null, { status: 401 })
  );
  let isOver = false;
  const trying = tried(git(server.url, `ghp_${makeCanary().value}`), {
    seconds: 2,
    issuers: {
      ...PUBLIC_ISSUERS,
      byHost: { "127.0.0.1": { kind: "github", api: `${hung.url}/` } },
    },
  }).finally(() => isOver = true);
  await isAsked.promise;
  await clock.advance(1999);
  await clock.settle();
  assert.ok(!isOver, "not before the deadline");
  await clock.advance(1);
  const verdict = await trying;
  assert.deepEqual([verdict.accepted, "expires" in verdict], [true, false]);
  await hung.allGone(1);
});

Deno.test("when the caller is gone, the requests in progress are aborted", async () => {
  const controller = new AbortController();
  await using server = startRawServer(() => Promise.resolve(controller.abort()));
  const { signal } = controller;
  const { why } = await tried(helm(server.url), { signal });
  assert.match(why, /: the caller is gone$/);
  await server.allGone(1);
  assert.match((await tried(helm(server.url), { signal })).why, /: the caller is gone$/);
});

const GIB = 1024 ** 3;

/** A response of this many bytes, which counts the bytes that are read. */
function endless(size: number, headers: Record<string, string>) {
  const chunk = new Uint8Array(65536).fill(0x61);
  let sent = 0;
  const answer = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          if (sent >= size) return controller.close();
          sent += chunk.length;
          controller.enqueue(chunk);
        },
      }),
      { headers },
    );
  return { answer, sent: () => sent };
}

const BIG: [what: string, MiB: number, path: string, make: (url: string) => Verifiable][] = [
  [
    "a token of a gigabyte",
    1,
    "/token",
    (url) => ({
      ...helm(url),
      kind: "registry",
      host: new URL(url).host,
      transport: { insecureHttp: true },
    }),
  ],
  [
    "an access token of a gigabyte",
    4,
    "/app/installations/1/access_tokens",
    (url) => ({
      kind: "github_app",
      id: 1,
      installationId: 1,
      privateKey: seal(rsaKeys().privateKey.export({ type: "pkcs1", format: "pem" }).toString()),
      enterpriseUrl: url,
      transport: {},
    }),
  ],
];

for (const [what, MiB, path, make] of BIG) {
  Deno.test(`${what} is not read to the end`, async () => {
    const { answer, sent } = endless(GIB, {});
    await using server = serve((request) => {
      const { pathname, origin } = new URL(request.url);
      if (pathname === path) return answer();
      const headers = { "www-authenticate": `Bearer realm="${origin}/token"` };
      return new Response(null, { status: 401, headers });
    });
    const verdict = await tried(make(server.url));
    assert.deepEqual([verdict.reachable, verdict.accepted], [true, undefined]);
    const why = `: the response is larger than the limit of ${MiB} MiB`;
    assert.ok(verdict.why.endsWith(why), verdict.why);
    // Bytes in transit are counted too.
    assert.ok(sent() < (MiB + 64) * 1024 * 1024, `${sent()} bytes were sent`);
  });
}

Deno.test("a gigabyte of Git references is not read", async () => {
  const type = { "content-type": "application/x-git-upload-pack-advertisement" };
  const { answer, sent } = endless(GIB, type);
  await using server = serve((request) =>
    request.headers.has("authorization") ? answer() : new Response(null, { status: 401 })
  );
  assert.equal((await tried(git(server.url, makeCanary().value))).accepted, true);
  assert.ok(sent() < 64 * 1024 * 1024, `${sent()} bytes were sent`);
});

/** A registry whose token server sends this response. */
function registryOf(token: () => Response) {
  return serve((request) => {
    const { pathname, origin } = new URL(request.url);
    if (pathname === "/token") return token();
    const headers = { "www-authenticate": `Bearer realm="${origin}/token"` };
    return new Response(null, { status: 401, headers });
  });
}

const packed = (bytes: ReadableStream<Uint8Array<ArrayBuffer>>) =>
  new Response(bytes.pipeThrough(new CompressionStream("gzip")), {
    headers: { "content-encoding": "gzip" },
  });

Deno.test("a small compressed response that is large when decompressed is not read to the end", async () => {
  await using server = registryOf(() => packed(endless(48 * 1024 * 1024, {}).answer().body!));
  const { why } = await tried({
    ...helm(server.url),
    kind: "registry",
    host: new URL(server.url).host,
    transport: { insecureHttp: true },
  });
  assert.match(why, /: the response is larger than the limit of 1 MiB$/);
});

const INDEX = "apiVersion: v1\nentries:\n";
const NAME = "  a:\n";
const ENTRY = `${NAME}  - n: a\n`;

const INDEXES: [
  what: string,
  size: number,
  answer: (index: ReadableStream<Uint8Array<ArrayBuffer>>) => Response,
][] = [
  ["a gigabyte of index", GIB, (index) => new Response(index)],
  ["a compressed index of 48 MiB", 48 * 1024 * 1024, packed],
];

for (const [what, size, answer] of INDEXES) {
  Deno.test(`only the start of ${what} is read and counted`, async () => {
    let sent = 0;
    await using server = serve((request) => {
      if (request.headers.get("authorization") === null) return new Response(null, { status: 401 });
      return answer(
        new ReadableStream({
          pull(controller) {
            if (sent >= size) return controller.close();
            const bytes = new TextEncoder().encode((sent === 0 ? INDEX : "") + ENTRY.repeat(1000));
            controller.enqueue(bytes);
            sent += bytes.length;
          },
        }),
      );
    });
    const { accepted, may } = await tried(helm(server.url));
    const room = 64 * 1024 - INDEX.length - NAME.length;
    const count = Math.floor(room / ENTRY.length) + 1;
    assert.deepEqual([accepted, may], [true, [`list charts (at least ${count} entries)`]]);
    assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were sent`);
  });
}

const BROKEN: [what: string, say: Say, reachable: boolean][] = [
  ["is not HTTP", (write) => write("220 mail.test ESMTP\r\n"), false],
  [
    "is invalid gzip",
    (write) => write(`${OK}Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello`),
    true,
  ],
];

for (const [what, say, reachable] of BROKEN) {
  Deno.test(`a response that ${what} is an error`, async () => {
    await using server = startRawServer(say);
    const verdict = await tried(helm(server.url));
    assert.deepEqual([verdict.reachable, verdict.accepted], [reachable, undefined]);
    assert.match(verdict.why, /: the connection was closed unexpectedly$/);
  });
}

Deno.test("a connection that closes in the middle of the body is an error", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const client of listener) {
      await client.read(new Uint8Array(4096));
      await client.write(
        new TextEncoder().encode(`${OK}Content-Length: 100\r\n\r\napiVersion: v1\n`),
      );
      client.close();
    }
  })();
  const { reachable, why } = await tried(helm(`http://127.0.0.1:${listener.addr.port}`));
  assert.equal(reachable, true);
  assert.match(why, /: the connection was closed unexpectedly$/);
  listener.close();
  await serving;
});
