import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { addressRules } from "../../src/verify/address_rules.ts";
import type { TransportOptions } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { startHelmServer } from "./helm_server.ts";
import { basicHeader } from "./http_server.ts";
import { startProxy } from "./proxy.ts";
import { helmLogin, names, tried } from "./support.ts";

/** How a credential reaches its server through a proxy. */

const authority = makeAuthority("test authority");
const tls = authority.issue({ commonName: "x", for: "server", hosts: ["charts.test"] });
const resolve = names({ "charts.test": ["127.0.0.1"], "proxy.test": ["127.0.0.1"] });

const PROXIES: [what: string, proxyTls: boolean, serverTls: boolean][] = [
  ["http proxy to https", false, true],
  ["http proxy to http", false, false],
  ["https proxy to https", true, true],
  ["https proxy to http", true, false],
];

for (const [what, proxyTls, serverTls] of PROXIES) {
  Deno.test(`an ${what}: the proxy resolves the name, and receives only its own password`, async () => {
    const { value } = makeCanary();
    const host = "only-the-proxy-knows.test";
    const tls = authority.issue({ commonName: "s", for: "server", hosts: [host] });
    await using server = startHelmServer({
      visitors: [basicHeader("alice", value)],
      ...(serverTls && { tls }),
    });
    const own = authority.issue({ commonName: "p", for: "server", hosts: ["proxy.test"] });
    await using proxy = startProxy(proxyTls ? { tls: own } : {});
    const scheme = serverTls ? "https" : "http";
    const target = `${host}:${server.port}`;
    const verdict = await tried(
      helmLogin(`${scheme}://${target}`, value, {
        proxy: `${proxyTls ? "https" : "http"}://bob:p%40ss@proxy.test:${proxy.port}`,
        tlsCa: authority.certificate,
      }),
      { resolve },
    );
    assert.equal(verdict.accepted, true, verdict.why);
    const line = serverTls
      ? `CONNECT ${target} HTTP/1.1`
      : `GET http://${target}/index.yaml HTTP/1.1`;
    assert.deepEqual(proxy.seen, [line, line]);
    assert.deepEqual(proxy.authorizations, Array(2).fill(basicHeader("bob", "p@ss")));
  });
}

Deno.test("a server behind a proxy must have a certificate for its own name", async () => {
  await using server = startHelmServer({ visitors: ["*"], tls });
  await using proxy = startProxy();
  const transport = { proxy: `http://proxy.test:${proxy.port}`, tlsCa: authority.certificate };
  const url = (host: string) => `https://${host}:${server.port}`;
  const own = await tried(helmLogin(url("charts.test"), makeCanary().value, transport), {
    resolve,
  });
  assert.equal(own.reachable, true);
  const other = await tried(helmLogin(url("other.test"), makeCanary().value, transport), {
    resolve,
  });
  assert.match(other.why, /its certificate is for another host name$/);
});

Deno.test("the environment's proxy is used, except for NO_PROXY, and a credential's proxy takes precedence", async () => {
  await using server = startHelmServer({ visitors: ["*"] });
  await using first = startProxy();
  await using second = startProxy();
  const url = `http://charts.test:${server.port}`;
  const env = { HTTP_PROXY: `http://proxy.test:${first.port}` };
  const counts = () => [first.seen.length, second.seen.length];
  const rows: [transport: TransportOptions, env: Record<string, string>, counts: number[]][] = [
    [{}, env, [2, 0]],
    [{}, { ...env, NO_PROXY: "charts.test" }, [2, 0]],
    [{ proxy: `http://proxy.test:${second.port}` }, { ...env, NO_PROXY: "charts.test" }, [2, 2]],
    [{ proxy: `http://proxy.test:${second.port}`, noProxy: ".test" }, env, [2, 2]],
  ];
  for (const [transport, given, expected] of rows) {
    const verdict = await tried(helmLogin(url, makeCanary().value, transport), {
      resolve,
      env: given,
    });
    assert.equal(verdict.reachable, true, verdict.why);
    assert.deepEqual(counts(), expected);
  }
});

Deno.test("an https proxy must have a certificate for its own name", async () => {
  await using proxy = startProxy({ tls });
  const transport = { proxy: `https://proxy.test:${proxy.port}`, tlsCa: authority.certificate };
  for (const url of ["https://charts.test", "http://charts.test"]) {
    const { why } = await tried(helmLogin(url, makeCanary().value, transport), { resolve });
    assert.match(why, /its certificate is for another host name$/);
  }
  assert.deepEqual(proxy.seen, []);
});

const BAD_PROXIES: [what: string, proxy: string, why: RegExp][] = [
  [
    "at a forbidden address",
    "http://127.0.0.1:1",
    /cannot connect to the proxy \(sending credentials to a loopback address is not allowed/,
  ],
  ["of another protocol", "socks5://10.0.0.1:1", /the proxy is not an http or https URL$/],
  ["of an unknown host", "http://none.test:1", /cannot connect to the proxy \(no such host\)$/],
];

for (const [what, proxy, why] of BAD_PROXIES) {
  Deno.test(`a request through a proxy ${what} fails with the reason`, async () => {
    const verdict = await tried(helmLogin("https://charts.test", makeCanary().value, { proxy }), {
      resolve,
      allowed: addressRules([]),
    });
    assert.equal(verdict.reachable, false);
    assert.match(verdict.why, why);
  });
}

Deno.test("a rejection by a proxy is reported with its status", async () => {
  await using proxy = startProxy({ status: 407 });
  const transport = { proxy: `http://proxy.test:${proxy.port}` };
  for (const url of ["https://charts.test", "http://charts.test"]) {
    const verdict = await tried(helmLogin(url, makeCanary().value, transport), { resolve });
    assert.equal(verdict.reachable, false);
    assert.equal(
      verdict.why,
      "Request to charts.test failed: the proxy refused the connection (407 Proxy Authentication Required)",
    );
    assert.deepEqual([verdict.reachable, verdict.status], [false, 407]);
  }
});

for (
  const host of ["metadata.google.internal", "169.254.169.254", "[::ffff:a9fe:a9fe]", "0xA9FEA9FE"]
) {
  Deno.test(`a proxy gets no request for ${host}`, async () => {
    await using proxy = startProxy();
    const transport = { proxy: `http://proxy.test:${proxy.port}` };
    const verdict = await tried(helmLogin(`http://${host}`, makeCanary().value, transport), {
      resolve,
    });
    assert.match(
      verdict.why,
      /: sending credentials to a metadata service of a cloud is not allowed; to allow it, add it to verify-allow$/,
    );
    assert.deepEqual(proxy.seen, []);
  });
}
