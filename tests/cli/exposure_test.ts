import assert from "node:assert/strict";
import http2 from "node:http2";
import https from "node:https";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { until } from "./place.ts";
import { type Folder, folder, outcome, program } from "./support.ts";

/** Requirements for serving other machines, and HTTPS. */

const authority = makeAuthority("a-test-authority");

async function certificate(
  here: Folder,
  commonName: string,
): Promise<{ cert: string; key: string }> {
  const { certificate, key } = authority.issue(
    {
      commonName,
      for: "server",
      addresses: ["127.0.0.1"],
    } as Parameters<typeof authority.issue>[0],
  );
  return {
    cert: await here.write("server.crt", certificate),
    key: await here.write("server.key", key),
  };
}

interface Answered {
  readonly status: number;
  /** Common name of the server's certificate. */
  readonly subject: string;
}

/** Sends a request that trusts this authority only, over a new connection. */
function ask(url: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, {
      ca: authority.certificate,
      agent: false,
      checkServerIdentity: () => undefined,
    }, (response) => {
      const { subject } = (response.socket as import("node:tls").TLSSocket).getPeerCertificate();
      response.resume();
      response.on(
        "end",
        () => resolve({ status: response.statusCode!, subject: subject.CN as string }),
      );
    });
    request.on("error", reject);
  });
}

const TOKEN = `a-token-${crypto.randomUUID()}`;

async function urlOf(running: ReturnType<typeof program>): Promise<string> {
  return (await running.line(/listening url=(https?:\/\/\S+)/))[1]!;
}

/** The number of sockets that listen at the URL's port on 127.0.0.1, which only Linux shows. */
function listeners(url: string): number {
  if (Deno.build.os !== "linux") return 1;
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
  const listening = new RegExp(`^ *\\d+: 0100007F:${port} 00000000:0000 0A `, "gm");
  return Deno.readTextFileSync("/proc/net/tcp").match(listening)?.length ?? 0;
}

Deno.test("HTTPS is served with a certificate, and a changed certificate is used without a restart", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  await using running = program(["--port", "0", "--tls-cert", cert, "--tls-key", key]);
  const url = await urlOf(running);
  assert.match(url, /^https:/);
  assert.deepEqual(await ask(`${url}/health`), { status: 200, subject: "first" });

  await here.write("server.crt", "not a certificate");
  await running.line(
    /ERROR server: certificate reload failed; keeping the previous one reason=".*PEM"/,
  );
  assert.deepEqual(await ask(`${url}/health`), { status: 200, subject: "first" });

  await certificate(here, "second");
  await running.line(/INFO server: certificate reloaded/);
  // The first server may briefly still get a new connection, which is lost with it.
  await until("the first server listens no longer", () => listeners(url) === 1);
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(await ask(`${url}/clusters`), { status: 200, subject: "second" });
  }
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
});

Deno.test("HTTP/2 requests are accepted or rejected by :authority, as HTTP/1.1 requests by Host", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  await using running = program(["--port", "0", "--tls-cert", cert, "--tls-key", key]);
  const url = await urlOf(running);
  const session = http2.connect(url, {
    ca: authority.certificate,
    checkServerIdentity: () => undefined,
  });
  try {
    const asked = (host: string) =>
      new Promise<number>((resolve, reject) => {
        const stream = session.request({ ":path": "/clusters", ":authority": host });
        stream.on("response", (headers) => resolve(headers[":status"]!));
        stream.on("error", reject);
        stream.end();
      });
    assert.equal(await asked("localhost:1"), 200);
    assert.equal(await asked("pages.example"), 421);
  } finally {
    session.destroy();
  }
});

Deno.test("start, status and stop work with an HTTPS server", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  const run = (command: string, ...flags: string[]) =>
    outcome([command, ...flags], { cwd: here.path });
  const started = await run("start", "--port", "0", "--tls-cert", cert, "--tls-key", key);
  assert.match(started.stdout, /, listening on https:/, started.stderr);
  assert.equal((await run("status")).code, 0);
  assert.equal((await run("stop")).code, 0);
});

Deno.test("an HTTPS port in use exits with 1, although servers could share it", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  await using running = program(["--port", "0", "--tls-cert", cert, "--tls-key", key]);
  const { port } = new URL(await urlOf(running));
  const { code, stderr } = await outcome(["--port", port, "--tls-cert", cert, "--tls-key", key]);
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    /cannot listen host=127\.0\.0\.1 port=\d+ reason="address already in use"/,
  );
});

Deno.test("all addresses are served with tokens and either TLS or a proxy that terminates it", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  const env = { ARGOCD_CONFIGURER_TOKEN: TOKEN };
  for (const flags of [["--tls-cert", cert, "--tls-key", key], ["--behind-proxy"]]) {
    await using running = program(["--host", "0.0.0.0", "--port", "0", ...flags], { env });
    assert.match(await urlOf(running), /^https?:\/\/0\.0\.0\.0:/);
  }
});

/** A server that is not rejected would run forever. */
async function inTime<T>(promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("It is served")), 60_000);
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

interface Refused {
  readonly what: string;
  readonly flags: (here: Folder) => string[] | Promise<string[]>;
  readonly env?: Record<string, string>;
  readonly says: RegExp;
}

const REFUSED: Refused[] = [
  {
    what: "listening on another address without tokens",
    flags: () => ["--host", "0.0.0.0"],
    says: /Cannot listen on '0\.0\.0\.0' without tokens/,
  },
  {
    what: "a proxy in front without tokens, even on this machine,",
    flags: () => ["--behind-proxy"],
    says: /Cannot serve behind a proxy without tokens: .* Set tokens-file/,
  },
  {
    what: "listening on another address without TLS",
    flags: () => ["--host", "::"],
    env: { ARGOCD_CONFIGURER_TOKEN: TOKEN },
    says: /Cannot listen on '::' without TLS: .* tls-cert and tls-key, or set behind-proxy/,
  },
  {
    what: "listening on another address with an empty list of proxies",
    flags: async (here) => [
      ...["--host", "0.0.0.0", "--config"],
      await here.write("config.yaml", "behind-proxy: []\n"),
    ],
    env: { ARGOCD_CONFIGURER_TOKEN: TOKEN },
    says: /Cannot listen on '0\.0\.0\.0' without TLS/,
  },
  {
    what: "a network of proxies in front without tokens",
    flags: async (here) => [
      "--config",
      await here.write("config.yaml", "behind-proxy: [10.0.0.0/8]\n"),
    ],
    says: /Cannot serve behind a proxy without tokens/,
  },
  {
    what: "a proxy given by its host name",
    flags: async (here) => [
      "--config",
      await here.write("config.yaml", "behind-proxy: [10.0.0.1, proxy.example]\n"),
    ],
    says: /'behind-proxy' \(item 2\) from \S+config\.yaml:1: must be an address or a network/,
  },
  {
    what: "a certificate without its key",
    flags: async (here) => ["--tls-cert", (await certificate(here, "a")).cert],
    says: /Setting 'tls-cert' requires 'tls-key'/,
  },
  {
    what: "a missing certificate",
    flags: (
      here,
    ) => ["--tls-cert", join(here.path, "no.crt"), "--tls-key", join(here.path, "no.key")],
    says: /cannot serve HTTPS reason="Cannot use \S+no\.crt: no such file"/,
  },
  {
    what: "an invalid certificate",
    flags: async (here) => {
      const file = await here.write("x.pem", TOKEN);
      return ["--tls-cert", file, "--tls-key", file];
    },
    says: /not a certificate chain and its private key in PEM/,
  },
  {
    what: "a token in the environment that is too short",
    flags: () => [],
    env: { ARGOCD_CONFIGURER_TOKEN: "short" },
    says: /shorter than 20 characters/,
  },
  {
    what: "a token in the environment that is too long",
    flags: () => [],
    env: { ARGOCD_CONFIGURER_TOKEN: TOKEN.repeat(20) },
    says: /longer than 512 characters/,
  },
  {
    what: "a token in the environment with a line break",
    flags: () => [],
    env: { ARGOCD_CONFIGURER_TOKEN: `${TOKEN}\n` },
    says: /Cannot use ARGOCD_CONFIGURER_TOKEN: only letters, digits and /,
  },
  {
    what: "a missing tokens file",
    flags: (here) => ["--tokens-file", join(here.path, "tokens.yaml")],
    says: /Cannot use tokens file \S+: no such file/,
  },
];

for (const { what, flags, env, says } of REFUSED) {
  Deno.test(`${what} exits with 2, and the error contains no token`, async () => {
    await using here = await folder();
    const refused = outcome(["--port", "0", ...await flags(here)], { env });
    const { code, stdout, stderr } = await inTime(refused);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, says);
    assert.ok(!stderr.includes(TOKEN) && !stderr.includes("listening"), stderr);
  });
}

Deno.test("a reload does not disable tokens on a server that listens on all addresses", async () => {
  await using here = await folder();
  const tokens = await here.write("tokens.yaml", "tokens: []\n");
  const safe = `host: 0.0.0.0\nbehind-proxy: true\ntokens-file: ${tokens}\n`;
  const config = await here.write("config.yaml", safe);
  await using running = program(["--port", "0", "--config", config]);
  const port = new URL(await urlOf(running)).port;
  const status = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/clusters`);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status(), 401);
  // This would be safe after a restart, but not for the current listener.
  await here.write("config.yaml", "host: 127.0.0.1\n");
  running.kill("SIGHUP");
  await running.line(
    /configuration reload failed; keeping the previous one reason=".*'0\.0\.0\.0' without/,
  );
  assert.equal(await status(), 401);
});
