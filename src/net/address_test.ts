import assert from "node:assert/strict";
import fc from "fast-check";
import { type Address, contains, meanings, parseAddress, parseNetwork } from "./address.ts";

const hex = (address: Address | undefined) =>
  address && Uint8Array.from(address.toByteArray()).toHex();

const ADDRESSES: [text: string, bytes: string | undefined][] = [
  ["127.0.0.1", "7f000001"],
  ["255.255.255.255", "ffffffff"],
  ["::", "0".repeat(32)],
  ["::1", `${"0".repeat(31)}1`],
  ["fe80::1%eth0", "fe80000000000000" + "0000000000000001"],
  ["2001:DB8::A:b", "20010db8000000000000" + "0000000a000b"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ["1::", `0001${"0".repeat(28)}`],
  ["::ffff:127.0.0.1", `${"0".repeat(20)}ffff7f000001`],
  ["0:0:0:0:0:0:0:1", `${"0".repeat(31)}1`],
  ["256.0.0.1", undefined],
  ["127.1", undefined],
  ["0177.0.0.1", undefined],
  ["127.0.0.1.", undefined],
  ["1:2:3", undefined],
  ["::1]/x[", undefined],
  ["localhost", undefined],
  ["", undefined],
];

Deno.test("addresses are parsed in their usual spellings, and nothing else is", () => {
  for (const [text, bytes] of ADDRESSES) assert.equal(hex(parseAddress(text)), bytes, text);
});

Deno.test("an address of any bytes is parsed back", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
    const groups = bytes.toHex().match(/..../g)!;
    assert.equal(hex(parseAddress(groups.join(":"))), bytes.toHex());
    assert.equal(
      hex(parseAddress(new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1))),
      bytes.toHex(),
    );
  }));
});

const NETWORKS: [network: string, address: string, isIn: boolean][] = [
  ["10.0.0.0/8", "10.255.0.1", true],
  ["10.0.0.0/8", "11.0.0.0", false],
  ["10.1.2.3/8", "10.9.9.9", true],
  ["172.16.0.0/12", "172.31.255.255", true],
  ["172.16.0.0/12", "172.32.0.0", false],
  ["0.0.0.0/0", "8.8.8.8", true],
  ["0.0.0.0/0", "::1", false],
  ["192.0.2.1", "192.0.2.1", true],
  ["192.0.2.1", "192.0.2.2", false],
  ["fe80::/10", "febf::1", true],
  ["fe80::/10", "fec0::1", false],
  ["[::1]", "::1", true],
];

Deno.test("a network has the addresses that share its bits", () => {
  for (const [network, address, isIn] of NETWORKS) {
    assert.equal(
      contains(parseNetwork(network)!, parseAddress(address)!),
      isIn,
      `${network} ${address}`,
    );
  }
});

Deno.test("an invalid network is rejected", () => {
  for (
    const text of ["10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/a", "10/8", "a/8", "/8", ""]
  ) {
    assert.equal(parseNetwork(text), undefined, text);
  }
});

Deno.test("an IPv4 address is found in every form of IPv6 that contains it", () => {
  const carriers = [
    "::ffff:169.254.169.254",
    "::ffff:0:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::169.254.169.254",
    "2002:a9fe:a9fe::1",
  ];
  for (const text of carriers) {
    assert.deepEqual(meanings(parseAddress(text)!).map(hex).slice(1), ["a9fea9fe"], text);
  }
  assert.equal(meanings(parseAddress("2001:db8::a9fe:a9fe")!).length, 1);
});
