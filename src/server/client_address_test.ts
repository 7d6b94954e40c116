import assert from "node:assert/strict";
import { clientAddress, trustedProxies } from "./client_address.ts";

const PROXY = "10.0.0.1";

const ROWS: [header: string | undefined, address: string][] = [
  [undefined, PROXY],
  ["", PROXY],
  ["203.0.113.7", "203.0.113.7"],
  ["198.51.100.9, 203.0.113.7", "203.0.113.7"],
  ["made up by the client, 203.0.113.7", "203.0.113.7"],
  ["203.0.113.7:4711", "203.0.113.7"],
  ["2001:db8::7", "2001:db8::7"],
  ["[2001:db8::7]:4711", "2001:db8::7"],
  ["203.0.113.7, unknown", PROXY],
  ["999.0.0.1", PROXY],
  ["::g", PROXY],
  [`${":".repeat(60)}`, PROXY],
  [`2001:db8::7%${"a".repeat(60)}`, PROXY],
];

const headersWith = (header: string | undefined) =>
  new Headers(header === undefined ? {} : { "X-Forwarded-For": header });

for (const [header, address] of ROWS) {
  Deno.test(`behind a proxy, ${header ?? "no header"} gives the client ${address}`, () => {
    const proxies = trustedProxies([PROXY]);
    assert.equal(clientAddress(headersWith(header), PROXY, proxies), address);
  });
}

const PEERS: [named: boolean | string[], peer: string, isBelieved: boolean][] = [
  [false, "127.0.0.1", false],
  [[], "127.0.0.1", false],
  [["10.0.0.1"], "10.0.0.1", true],
  [["10.0.0.1"], "::ffff:10.0.0.1", true],
  [["10.0.0.1"], "10.0.0.2", false],
  [["10.0.0.1"], "127.0.0.1", false],
  [["10.0.0.0/8", "fd00::/8"], "10.200.0.1", true],
  [["10.0.0.0/8", "fd00::/8"], "fd12::1", true],
  [["10.0.0.0/8", "fd00::/8"], "fe80::1", false],
  [["10.0.0.0/8"], "unknown", false],
  [true, "127.0.0.1", true],
  [true, "::1", true],
  [true, "::ffff:127.0.0.1", true],
  [true, "10.1.2.3", true],
  [true, "172.31.0.1", true],
  [true, "172.32.0.1", false],
  [true, "192.168.1.1", true],
  [true, "100.64.0.1", true],
  [true, "fd00::1", true],
  [true, "fe80::1%eth0", true],
  [true, "192.0.2.1", false],
  [true, "2001:db8::1", false],
  [true, "::ffff:192.0.2.1", false],
];

for (const [named, peer, isBelieved] of PEERS) {
  const what = `with behind-proxy ${JSON.stringify(named)} the header of ${peer}`;
  Deno.test(`${what} is ${isBelieved ? "" : "not "}trusted`, () => {
    const address = clientAddress(headersWith("203.0.113.7"), peer, trustedProxies(named));
    assert.equal(address, isBelieved ? "203.0.113.7" : peer);
  });
}

Deno.test("an invalid address or network is named", () => {
  assert.throws(() => trustedProxies(["10.0.0.1", "proxy.example"]), /'proxy\.example'/);
});
