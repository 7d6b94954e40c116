import assert from "node:assert/strict";
import { makeAuthority } from "../../scripts/control_plane/certificates.ts";
import { addressRules } from "../../src/verify/address_rules.ts";
import type { TransportOptions } from "../../src/verify/verdict.ts";
import { makeCanary } from "../support/canary.ts";
import { startHelmServer } from "./helm_server.ts";
import { basicHeader } from "./http_server.ts";
import { helmLogin, LOOPBACK, names, tried } from "./support.ts";

/** A credential reaches its server and no other one. */

const authority = makeAuthority("test authority");
const tls = authority.issue({ commonName: "x", for: "server", hosts: ["charts.test"] });
const resolve = names({ "charts.test": ["127.0.0.1"], "proxy.test": ["127.0.0.1"] });

const TLS: [what: string, host: string, transport: TransportOptions, why: RegExp | undefined][] = [
  ["with a trusted authority", "charts.test", { tlsCa: authority.certificate }, undefined],
  [
    "with an unknown authority",
    "charts.test",
    {},
    /: its certificate is not trusted \(x509: certificate signed by unknown authority\)$/,
  ],
  [
    "with an untrusted authority of the trusted one's name",
    "charts.test",
    { tlsCa: makeAuthority("test authority").certificate },
    /: its certificate is not trusted \(x509: certificate signed by unknown authority\)$/,
  ],
  [
    "with the certificate of another host",
    "other.test",
    { tlsCa: authority.certificate },
    /: its certificate is for another host name$/,
  ],
  [
    "with an invalid authority certificate",
    "charts.test",
    { tlsCa: "none" },
    /: its certificate is not/,
  ],
  ["whose certificate is not verified", "other.test", { insecure: true }, undefined],
];

for (const [what, host, transport, why] of TLS) {
  Deno.test(`a server ${what} ${why ? "never gets the credential" : "gets the credential"}`, async () => {
    const { value } = makeCanary();
    await using server = startHelmServer({ visitors: [basicHeader("alice", value)], tls });
    const verdict = await tried(helmLogin(`https://${host}:${server.port}`, value, transport), {
      resolve: names({ [host]: ["127.0.0.1"] }),
    });
    if (why) {
      assert.deepEqual([verdict.reachable, verdict.accepted], [false, undefined]);
      assert.match(verdict.why, why);
      assert.deepEqual(server.seen, []);
    } else {
      assert.equal(verdict.accepted, true, verdict.why);
      assert.deepEqual(
        server.seen.map((seen) => seen.host),
        Array(2).fill(`${host}:${server.port}`),
      );
    }
  });
}

Deno.test("a certificate for an address is checked against the address", async () => {
  const own = authority.issue({ commonName: "x", for: "server", hosts: ["127.0.0.1"] });
  await using server = startHelmServer({ visitors: ["*"], tls: own });
  const trusting = { tlsCa: authority.certificate };
  const { reachable } = await tried(helmLogin(server.url, makeCanary().value, trusting));
  assert.equal(reachable, true);
  await using other = startHelmServer({ visitors: ["*"], tls });
  assert.match(
    (await tried(helmLogin(other.url, makeCanary().value, trusting))).why,
    /is for another host name$/,
  );
});

Deno.test("a server of plain HTTP gets no request for an https URL", async () => {
  await using server = startHelmServer({ visitors: ["*"] });
  const url = server.url.replace("http:", "https:");
  const { reachable, accepted } = await tried(helmLogin(url, makeCanary().value));
  assert.deepEqual([reachable, accepted, server.seen.length], [false, undefined, 0]);
});

Deno.test("a name is resolved once, so that its address cannot change", async () => {
  const { value } = makeCanary();
  const known = { visitors: [basicHeader("alice", value)] };
  await using own = startHelmServer({ ...known, address: "127.0.0.2" });
  const answers = [["127.0.0.2"], ["127.0.0.1"]];
  let times = 0;
  const turning = () => Promise.resolve(answers[times++]!);
  const allowed = addressRules(["127.0.0.2"]);
  const url = `http://charts.test:${own.port}`;
  const verdict = await tried(helmLogin(url, value), { resolve: turning, allowed });
  assert.deepEqual([verdict.accepted, times, own.seen.length], [true, 1, 2]);
  // The second address would have been rejected.
  const late = await tried(helmLogin(url, value), { resolve: turning, allowed });
  assert.match(late.why, /sending credentials to a loopback address is not allowed/);
  assert.deepEqual([late.reachable, times, own.seen.length], [false, 2, 2]);
});

const OWN_ADDRESS =
  "sending credentials to this machine is not allowed; to allow it, add it to verify-allow";

Deno.test("nothing is sent over a connection to an address of this machine, unless it is allowed", async () => {
  await using server = startHelmServer({ visitors: ["*"] });
  // The other rules allow 127.0.0.1 here, like an interface's address.
  const { whyNotConnection } = addressRules(["10.0.0.0/8"]);
  const allowed = { ...LOOPBACK, whyNotConnection };
  for (const host of ["127.0.0.1", "charts.test"]) {
    const url = `http://${host}:${server.port}`;
    const { reachable, accepted, why } = await tried(helmLogin(url, makeCanary().value), {
      allowed,
      resolve,
    });
    assert.deepEqual([reachable, accepted], [false, undefined]);
    assert.equal(why, `Request to ${host}:${server.port} failed: ${OWN_ADDRESS}`);
  }
  assert.deepEqual(server.seen, []);
  assert.equal((await tried(helmLogin(server.url, makeCanary().value))).reachable, true);
});

/** Addresses of this machine's interfaces that the other rules allow; there may be none. */
const interfaces = Deno.networkInterfaces().map(({ address }) => address)
  .filter((address) => addressRules([]).whyNotAddress("", address) === undefined);

for (const address of new Set(interfaces)) {
  const isIPv6 = address.includes(":");
  Deno.test(`a service of this machine gets no request at its interface's IPv${isIPv6 ? 6 : 4} address ${address}`, async () => {
    await using server = startHelmServer({ visitors: ["*"], address: isIPv6 ? "::" : "0.0.0.0" });
    const url = `http://${isIPv6 ? `[${address}]` : address}:${server.port}`;
    const login = helmLogin(url, makeCanary().value);
    const { reachable, why } = await tried(login, { allowed: addressRules([]) });
    assert.deepEqual([reachable, server.seen.length], [false, 0]);
    assert.ok(why.endsWith(OWN_ADDRESS), why);
    assert.equal((await tried(login, { allowed: addressRules([address]) })).reachable, true);
  });
}

Deno.test("one forbidden address makes the name forbidden", async () => {
  await using server = startHelmServer({ visitors: ["*"] });
  const mixed = names({ "charts.test": ["127.0.0.1", "10.0.0.1", "169.254.169.254"] });
  const url = `http://charts.test:${server.port}`;
  const { reachable, why } = await tried(helmLogin(url, makeCanary().value), { resolve: mixed });
  assert.equal(reachable, false);
  assert.equal(
    why,
    `Request to charts.test:${server.port} failed: sending credentials to a metadata service of a cloud ` +
      "is not allowed; to allow it, add it to verify-allow",
  );
  assert.deepEqual(server.seen, []);
});

Deno.test("the next address of a name is used if one does not respond", async () => {
  await using server = startHelmServer({ visitors: ["*"] });
  const two = names({ "charts.test": ["127.0.0.3", "127.0.0.1"] });
  const url = `http://charts.test:${server.port}`;
  assert.equal(
    (await tried(helmLogin(url, makeCanary().value), { resolve: two })).reachable,
    true,
  );
});

Deno.test("an unknown host and a closed port are unreachable, with the reason", async () => {
  const rows: [url: string, why: string][] = [
    ["http://none.test", "Request to none.test failed: no such host"],
    ["http://127.0.0.1:1", "Request to 127.0.0.1:1 failed: connection refused"],
  ];
  for (const [url, expected] of rows) {
    const { reachable, accepted, why } = await tried(helmLogin(url, makeCanary().value), {
      resolve,
    });
    assert.deepEqual([reachable, accepted, why], [false, undefined, expected]);
  }
});
