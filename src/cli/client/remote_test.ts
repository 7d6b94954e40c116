import assert from "node:assert/strict";
import { join } from "node:path";
import { makeAuthority } from "../../../scripts/control_plane/certificates.ts";
import { Failure } from "../failure.ts";
import { operationNamed } from "../../operations/table.ts";
import { remote } from "./remote.ts";

/** Whether a server is trusted by what `--server-ca` names. */

interface Place extends AsyncDisposable {
  /** Sends a request to a server with this pair by name or address, and trusts a CA file with this text. */
  ask(pair: Pair, trusted: string, host?: string): Promise<string>;
  readonly folder: string;
}

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const ANSWER = { status: "healthy" };

async function place(): Promise<Place> {
  const folder = await Deno.makeTempDir();
  return {
    folder,
    async ask({ certificate: cert, key }, trusted, host = "localhost") {
      const asked: string[] = [];
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
        (request) => {
          asked.push(request.url);
          return Response.json(ANSWER, { headers: { "X-Request-Id": "1" } });
        },
      );
      const ca = join(folder, "ca.crt");
      await Deno.writeTextFile(ca, trusted);
      const url = `https://${host}:${server.addr.port}`;
      try {
        const backend = remote({ url, namedBy: "--server", ca, plainHttp: false });
        try {
          return JSON.stringify((await backend.request(operationNamed("getHealth"), {})).body);
        } finally {
          await backend.close();
        }
      } catch (error) {
        assert.ok(error instanceof Failure);
        assert.deepEqual(asked, [], "nothing is sent to an untrusted server");
        return `${error.exitCode}: ${error.message.replaceAll(url, "URL").replaceAll(folder, "")}`;
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const GOOD = JSON.stringify(ANSWER);
const cannot = (why: string) => `1: Cannot connect to the server at URL: ${why}`;
const UNTRUSTED = cannot(
  "its certificate is not trusted (x509: certificate signed by unknown authority). Give its CA certificate with --server-ca",
);
const hour = 3_600_000;

Deno.test("a server is trusted if the given authority issued its certificate, for this host and time", async () => {
  await using it = await place();
  const authority = makeAuthority("ours");
  const other = makeAuthority("ours");
  const issue = (more: object = {}) =>
    authority.issue({ commonName: "localhost", for: "server", hosts: ["localhost"], ...more });
  assert.equal(await it.ask(issue(), authority.certificate), GOOD);
  assert.equal(await it.ask(issue(), other.certificate + authority.certificate), GOOD);
  assert.equal(await it.ask(issue(), other.certificate), UNTRUSTED);
  assert.equal(
    await it.ask(issue(), authority.certificate, "127.0.0.1"),
    cannot("its certificate is for another host name"),
  );
  const [past, future] = [new Date(Date.now() - hour), new Date(Date.now() + hour)];
  assert.equal(
    await it.ask(issue({ notBefore: new Date(0), notAfter: past }), authority.certificate),
    cannot("its certificate has expired"),
  );
  assert.equal(
    await it.ask(issue({ notBefore: future }), authority.certificate),
    cannot("its certificate is not yet valid"),
  );
});

const NOT_ONE: [what: string, text: string, why: string][] = [
  ["no content", "", "the file has no PEM certificate"],
  [
    "a key",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "the file has no PEM certificate",
  ],
  [
    "half a certificate",
    "-----BEGIN CERTIFICATE-----\nAAAA\n",
    "the file has an invalid certificate",
  ],
  [
    "a damaged certificate",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "the file has an invalid certificate",
  ],
];

for (const [what, text, why] of NOT_ONE) {
  Deno.test(`a CA file with ${what} is a usage error`, async () => {
    await using it = await place();
    const pair = makeAuthority("ours").issue({ commonName: "localhost", for: "server" });
    assert.equal(await it.ask(pair, text), `2: Cannot use --server-ca /ca.crt: ${why}`);
  });
}

Deno.test("a server of plain HTTP is reported as one without TLS", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(),
  );
  const url = `https://localhost:${server.addr.port}`;
  const backend = remote({ url, namedBy: "--server", plainHttp: false });
  await assert.rejects(
    backend.request(operationNamed("getHealth"), {}),
    new Failure(
      `Cannot connect to the server at ${url}: it does not speak TLS; ` +
        "its URL must start with http://",
    ),
  );
  await backend.close();
});

Deno.test("a server without versioned paths is reported as older", async () => {
  const body = {
    error: true,
    message: "No such path. GET / lists the endpoints",
    status_code: 404,
  };
  const headers = { "X-Request-Id": "1" };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json(body, { status: 404, headers }),
  );
  const url = `http://localhost:${server.addr.port}`;
  const backend = remote({ url, namedBy: "--server", plainHttp: false });
  const answer = await backend.request(operationNamed("listClusters"), {});
  assert.deepEqual(answer.body, body);
  assert.equal(answer.advice, "The server is an older version without /api/v1. Upgrade it");
  await backend.close();
});

Deno.test("after too many requests the error has the time to wait", async () => {
  const body = { error: true, message: "Too many tries", status_code: 429, code: "rate_limited" };
  const headers = { "X-Request-Id": "1", "Retry-After": "23" };
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json(body, { status: 429, headers }),
  );
  const url = `http://localhost:${server.addr.port}`;
  const backend = remote({ url, namedBy: "--server", plainHttp: false });
  const { advice } = await backend.request(operationNamed("listClusters"), {});
  assert.equal(advice, "Try again in 23 seconds");
  await backend.close();
});

/** Runs the command of docs/operations.md, without its output. */
async function selfSigned(folder: string, more: readonly string[]): Promise<Pair> {
  const { success } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"],
      ...["-subj", "/CN=ours", "-addext", "subjectAltName=DNS:localhost", ...more],
      ...["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.crt")],
    ],
    stderr: "null",
  }).output();
  assert.ok(success);
  const [certificate, key] = await Promise.all(
    ["tls.crt", "tls.key"].map((name) => Deno.readTextFile(join(folder, name))),
  );
  return { certificate: certificate!, key: key! };
}

Deno.test({
  name: "a self-signed certificate given with --server-ca is trusted, unless it is an authority's",
  ignore: !await hasOpenssl(),
  async fn() {
    await using it = await place();
    const fitting = ["-addext", "basicConstraints=critical,CA:FALSE"];
    const own = await selfSigned(it.folder, fitting);
    assert.equal(await it.ask(own, own.certificate), GOOD);
    const other = await selfSigned(it.folder, fitting);
    assert.notEqual(await it.ask(other, own.certificate), GOOD, "of the same name, by another key");
    const authority = await selfSigned(it.folder, []);
    assert.equal(
      await it.ask(authority, authority.certificate),
      cannot(
        "its certificate is a CA certificate (CA:TRUE), which a server must not use. Create " +
          "one with 'openssl req -x509 … -addext basicConstraints=critical,CA:FALSE'",
      ),
    );
  },
});

/** Version 3, whose `-addext` overrides the configuration. */
async function hasOpenssl(): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command("openssl", { args: ["version"] }).output();
    return new TextDecoder().decode(stdout).startsWith("OpenSSL 3");
  } catch {
    return false;
  }
}
