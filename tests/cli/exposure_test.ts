import assert from "node:assert/strict";
import http2 from "node:http2";
import https from "node:https";
import { join } from "node:path";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { until } from "./place.ts";
import { type Folder, folder, outcome, program } from "./support.ts";

/** What has to be there before anyone but this machine is served, and HTTPS. */

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
  /** Common name of the certificate that was shown. */
  readonly subject: string;
}

/** Asks with trust in the authority alone, over a new connection. */
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

/** How many sockets listen at the port of a URL on 127.0.0.1. On Linux only that can be seen. */
function listeners(url: string): number {
  if (Deno.build.os !== "linux") return 1;
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
  const listening = new RegExp(`^ *\\d+: 0100007F:${port} 00000000:0000 0A `, "gm");
  return Deno.readTextFileSync("/proc/net/tcp").match(listening)?.length ?? 0;
}

Deno.test("HTTPS is served with a certificate, and a changed one is taken without an end", async () => {
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
  // For a moment a new connection may still be given to the first one, and lost with it.
  await until("the first server listens no longer", () => listeners(url) === 1);
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(await ask(`${url}/clusters`), { status: 200, subject: "second" });
  }
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 0);
});

Deno.test("HTTP/2, which names the host in another way, is answered without tokens too", async () => {
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

Deno.test("start, status and stop know a server of HTTPS", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  const run = (command: string, ...flags: string[]) =>
    outcome([command, ...flags], { cwd: here.path });
  const started = await run("start", "--port", "0", "--tls-cert", cert, "--tls-key", key);
  assert.match(started.stdout, /, listening on https:/, started.stderr);
  assert.equal((await run("status")).code, 0);
  assert.equal((await run("stop")).code, 0);
});

Deno.test("a port of HTTPS that is in use is exit code 1, though servers may share one", async () => {
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

Deno.test("with tokens and TLS, or a proxy that does it, all addresses are served", async () => {
  await using here = await folder();
  const { cert, key } = await certificate(here, "first");
  const env = { ARGOCD_CONFIGURER_TOKEN: TOKEN };
  for (const flags of [["--tls-cert", cert, "--tls-key", key], ["--behind-proxy"]]) {
    await using running = program(["--host", "0.0.0.0", "--port", "0", ...flags], { env });
    assert.match(await urlOf(running), /^https?:\/\/0\.0\.0\.0:/);
  }
});

/** What is not refused serves for ever. */
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
    what: "another address without tokens",
    flags: () => ["--host", "0.0.0.0"],
    says: /Cannot listen on '0\.0\.0\.0' without tokens/,
  },
  {
    what: "a proxy in front without tokens, also on this machine",
    flags: () => ["--behind-proxy"],
    says: /Cannot serve behind a proxy without tokens: .* Set tokens-file/,
  },
  {
    what: "another address without TLS",
    flags: () => ["--host", "::"],
    env: { ARGOCD_CONFIGURER_TOKEN: TOKEN },
    says: /Cannot listen on '::' without TLS: .* tls-cert and tls-key, or set behind-proxy/,
  },
  {
    what: "another address with an empty list of proxies",
    flags: async (here) => [
      ...["--host", "0.0.0.0", "--config"],
      await here.write("config.yaml", "behind-proxy: []\n"),
    ],
    env: { ARGOCD_CONFIGURER_TOKEN: TOKEN },
    says: /Cannot listen on '0\.0\.0\.0' without TLS/,
  },
  {
    what: "proxies in front without tokens",
    flags: async (here) => [
      "--config",
      await here.write("config.yaml", "behind-proxy: [10.0.0.0/8]\n"),
    ],
    says: /Cannot serve behind a proxy without tokens/,
  },
  {
    what: "a proxy that is named by its host name",
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
    what: "a certificate that is not there",
    flags: (
      here,
    ) => ["--tls-cert", join(here.path, "no.crt"), "--tls-key", join(here.path, "no.key")],
    says: /cannot serve HTTPS reason="Cannot use \S+no\.crt: no such file"/,
  },
  {
    what: "a certificate that is none",
    flags: async (here) => {
      const file = await here.write("x.pem", TOKEN);
      return ["--tls-cert", file, "--tls-key", file];
    },
    says: /not a certificate chain and its private key in PEM/,
  },
  {
    what: "a token of the environment that can be guessed",
    flags: () => [],
    env: { ARGOCD_CONFIGURER_TOKEN: "short" },
    says: /shorter than 20 characters/,
  },
  {
    what: "a token of the environment that is longer than any that is looked at",
    flags: () => [],
    env: { ARGOCD_CONFIGURER_TOKEN: TOKEN.repeat(20) },
    says: /longer than 512 characters/,
  },
  {
    what: "a token of the environment that fits into no header",
    flags: () => [],
    env: { ARGOCD_CONFIGURER_TOKEN: `${TOKEN}\n` },
    says: /Cannot use ARGOCD_CONFIGURER_TOKEN: only letters, digits and /,
  },
  {
    what: "a file of tokens that is not there",
    flags: (here) => ["--tokens-file", join(here.path, "tokens.yaml")],
    says: /Cannot use tokens file \S+: no such file/,
  },
];

for (const { what, flags, env, says } of REFUSED) {
  Deno.test(`${what} is exit code 2, and said without a token in it`, async () => {
    await using here = await folder();
    const refused = outcome(["--port", "0", ...await flags(here)], { env });
    const { code, stdout, stderr } = await inTime(refused);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, says);
    assert.ok(!stderr.includes(TOKEN) && !stderr.includes("listening"), stderr);
  });
}

Deno.test("a reload takes no tokens away from a server of all addresses", async () => {
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
  // What it would be after a start: safe. As it listens now, it is not.
  await here.write("config.yaml", "host: 127.0.0.1\n");
  running.kill("SIGHUP");
  await running.line(
    /configuration reload failed; keeping the previous one reason=".*'0\.0\.0\.0' without/,
  );
  assert.equal(await status(), 401);
});
