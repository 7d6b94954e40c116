import assert from "node:assert/strict";
import { addressRules, urlHost } from "./address_rules.ts";

const rules = addressRules([]);

/** A host as spelled in a URL, and the reason why it is not allowed. */
const HOSTS: [host: string, what: string | undefined][] = [
  ["127.0.0.1", "a loopback address"],
  ["127.255.255.254", "a loopback address"],
  ["127.1", "a loopback address"],
  ["0x7f.1", "a loopback address"],
  ["0177.0.0.1", "a loopback address"],
  ["2130706433", "a loopback address"],
  ["１２７.0.0.1", "a loopback address"],
  ["127.0.0.1.", "a loopback address"],
  ["[::1]", "a loopback address"],
  ["[0:0::0:1]", "a loopback address"],
  ["[::ffff:127.0.0.1]", "a loopback address"],
  ["[::ffff:7f00:1]", "a loopback address"],
  ["[::ffff:0:127.0.0.1]", "a loopback address"],
  ["[::127.0.0.1]", "a loopback address"],
  ["[64:ff9b::127.0.0.1]", "a loopback address"],
  ["[2002:7f00:1::]", "a loopback address"],
  ["0.0.0.0", "an unspecified address"],
  ["0", "an unspecified address"],
  ["0.1.2.3", "an unspecified address"],
  ["[::]", "an unspecified address"],
  ["[::ffff:0.0.0.0]", "an unspecified address"],
  ["169.254.1.1", "a link-local address"],
  ["[fe80::1]", "a link-local address"],
  ["[febf:ffff::1]", "a link-local address"],
  ["[::ffff:169.254.1.1]", "a link-local address"],
  ["224.0.0.1", "a multicast address"],
  ["239.255.255.255", "a multicast address"],
  ["[ff02::1]", "a multicast address"],
  ["255.255.255.255", "a broadcast address"],
  ["169.254.169.254", "a metadata service of a cloud"],
  ["0xa9fea9fe", "a metadata service of a cloud"],
  ["[::ffff:169.254.169.254]", "a metadata service of a cloud"],
  ["[64:ff9b::a9fe:a9fe]", "a metadata service of a cloud"],
  ["100.100.100.200", "a metadata service of a cloud"],
  ["168.63.129.16", "a metadata service of a cloud"],
  ["192.0.0.192", "a metadata service of a cloud"],
  ["[fd00:ec2::254]", "a metadata service of a cloud"],
  ["[fd00:ec2::23]", "a metadata service of a cloud"],
  ["[fd20:ce::254]", "a metadata service of a cloud"],
  ["metadata.google.internal", "a metadata service of a cloud"],
  ["METADATA.google.internal.", "a metadata service of a cloud"],
  ["metadata", "a metadata service of a cloud"],
  ["instance-data", "a metadata service of a cloud"],
  ["localhost", "this machine"],
  ["LocalHost.", "this machine"],
  ["a.localhost", "this machine"],
  ["localhost.localdomain", "this machine"],
  ["10.0.0.1", undefined],
  ["172.16.0.1", undefined],
  ["192.168.1.1", undefined],
  ["100.64.0.1", undefined],
  ["[fd12:3456::1]", undefined],
  ["[::ffff:10.0.0.1]", undefined],
  ["8.8.8.8", undefined],
  ["[2001:db8::1]", undefined],
  ["ghcr.io", undefined],
  ["notlocalhost", undefined],
  ["localhost.example", undefined],
];

for (const [host, what] of HOSTS) {
  Deno.test(`${host} is ${what ?? "allowed"}`, () => {
    assert.equal(rules.whyNotHost(urlHost(new URL(`https://${host}/`))), what);
  });
}

Deno.test("the addresses of a name follow the same rules as given addresses", () => {
  for (const [host, what] of HOSTS) {
    const text = urlHost(new URL(`https://${host}/`));
    if (!/^[\d.]+$|:/.test(text)) continue;
    assert.equal(rules.whyNotAddress("registry.example", text), what, host);
  }
  assert.equal(rules.whyNotAddress("a", "fe80::1%eth0"), "a link-local address");
  assert.equal(rules.whyNotAddress("a", "127.1"), "an invalid IP address");
  assert.equal(rules.whyNotAddress("a", ""), "an invalid IP address");
});

const ALLOWED: [allowed: string[], host: string, address: string, isAllowed: boolean][] = [
  [["127.0.0.1"], "a", "127.0.0.1", true],
  [["127.0.0.1"], "a", "127.0.0.2", false],
  [["127.0.0.1"], "a", "::ffff:127.0.0.1", true],
  [["127.0.0.0/8"], "a", "127.9.9.9", true],
  [["::1"], "a", "::1", true],
  [["[::1]"], "a", "::1", true],
  [["::1"], "a", "127.0.0.1", false],
  [["169.254.0.0/16"], "a", "169.254.169.254", true],
  [["registry.local"], "registry.local", "127.0.0.1", true],
  [["Registry.Local."], "registry.local", "127.0.0.1", true],
  [["registry.local"], "x.registry.local", "127.0.0.1", false],
  [["registry.local"], "registry.local", "169.254.1.1", true],
  [["registry.local"], "registry.local", "169.254.169.254", false],
  [["registry.local"], "registry.local", "fd00:ec2::254", false],
  [["registry.local", "169.254.169.254"], "registry.local", "169.254.169.254", true],
];

for (const [allowed, host, address, isAllowed] of ALLOWED) {
  const may = isAllowed ? "may" : "may not";
  Deno.test(`with ${allowed.join(", ")} allowed, ${host} ${may} be at ${address}`, () => {
    const { whyNotAddress } = addressRules(allowed);
    assert.equal(whyNotAddress(host, address) === undefined, isAllowed);
  });
}

const OWN = "this machine";

/** The two ends of a connection to the host `a`, and the reason why it is not allowed. */
const ENDS: [allowed: string[], local: string, remote: string, what: string | undefined][] = [
  [[], "10.0.0.1", "10.0.0.2", undefined],
  [[], "10.0.0.1", "10.0.0.1", OWN],
  [[], "::ffff:10.0.0.1", "10.0.0.1", OWN],
  [[], "10.0.0.1", "::ffff:a00:1", OWN],
  [[], "::ffff:10.0.0.1", "::ffff:10.0.0.1", OWN],
  [[], "fd00::2", "fd00:0::2", OWN],
  [[], "fe80::2%eth0", "fe80::2", OWN],
  [[], "fd00::2", "fd00::3", undefined],
  [[], "64:ff9b:1:1::a00:1", "64:ff9b:1:2::a00:1", undefined],
  [[], "10.0.0.1", "", "an invalid IP address"],
  [[], "", "10.0.0.1", "an invalid IP address"],
  [["10.0.0.1"], "10.0.0.1", "10.0.0.1", undefined],
  [["10.0.0.1"], "::ffff:10.0.0.1", "::ffff:10.0.0.1", undefined],
  [["10.0.0.0/8"], "10.0.0.1", "10.0.0.1", undefined],
  [["10.0.0.2"], "10.0.0.1", "10.0.0.1", OWN],
  [["fd00::/64"], "fd00::2", "fd00::2", undefined],
  [["a"], "10.0.0.1", "10.0.0.1", undefined],
  [["b"], "10.0.0.1", "10.0.0.1", OWN],
];

for (const [allowed, localAddress, remoteAddress, what] of ENDS) {
  const but = allowed.length > 0 ? `, with ${allowed.join(", ")} allowed,` : "";
  Deno.test(`from '${localAddress}' to '${remoteAddress}'${but} is ${what ?? "allowed"}`, () => {
    const { whyNotConnection } = addressRules(allowed);
    assert.equal(whyNotConnection("a", { localAddress, remoteAddress }), what);
  });
}

Deno.test("names of this machine and of metadata services may be allowed by name", () => {
  const { whyNotHost, whyNotAddress } = addressRules(["localhost", "metadata.google.internal"]);
  assert.equal(whyNotHost("localhost"), undefined);
  assert.equal(whyNotAddress("localhost", "127.0.0.1"), undefined);
  assert.equal(whyNotHost("metadata.google.internal"), undefined);
  assert.equal(
    whyNotAddress("metadata.google.internal", "169.254.169.254"),
    "a metadata service of a cloud",
  );
});

Deno.test("allowing a name does not allow its subdomains or siblings", () => {
  const { whyNotHost } = addressRules(["localhost", "google.internal"]);
  assert.equal(whyNotHost("a.localhost"), "this machine");
  assert.equal(whyNotHost("localhost.localdomain"), "this machine");
  assert.equal(whyNotHost("metadata.google.internal"), "a metadata service of a cloud");
});

for (
  const entry of [
    "",
    "a b",
    "localhost:5000",
    "https://x",
    "10.0.0.0/33",
    "256.1.1.1",
    "10.0.0",
    "*",
    "a..b",
    "-a",
    "127.1",
    "0x7f000001",
  ]
) {
  Deno.test(`'${entry}' cannot be allowed`, () => {
    assert.throws(
      () => addressRules(["localhost", entry]),
      new Error(
        `Cannot allow '${entry}': it must be a host name without a port, an IP address, or a ` +
          "network like 10.0.0.0/8",
      ),
    );
  });
}
