import assert from "node:assert/strict";
import { addressGroup, isIn, networksOf } from "./address_group.ts";

const GROUPS: [address: string, group: string][] = [
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:201", "192.0.2.1"],
  ["2001:db8:1:2::3", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::3", "2001:db8:1:3::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["command line", "command line"],
  ["unknown", "unknown"],
  ["", ""],
];

for (const [address, group] of GROUPS) {
  Deno.test(`'${address}' is counted as '${group}'`, () => {
    assert.equal(addressGroup(address), group);
  });
}

const PLACES: [address: string, isThere: boolean][] = [
  ["10.1.2.3", true],
  ["::ffff:10.1.2.3", true],
  ["11.1.2.3", false],
  ["::ffff:11.1.2.3", false],
  ["fd00::7", true],
  ["fd00:0:0:1::7", false],
  ["192.0.2.7", true],
  ["192.0.2.8", false],
  ["::a01:203", false],
  ["10.1.2.3.4", false],
  ["nobody", false],
];

for (const [address, isThere] of PLACES) {
  Deno.test(`${address} is ${isThere ? "" : "not "}in the networks`, () => {
    assert.equal(isIn(networksOf(["10.0.0.0/8", "fd00::/64", "192.0.2.7"]), address), isThere);
  });
}

for (const text of ["10.0.0.0/33", "::/129", "proxy.example", "10.0.0", "10.0.0.0/8/8", ""]) {
  Deno.test(`'${text}' is not a network, and the error names it`, () => {
    assert.throws(() => networksOf(["10.0.0.1", text]), (error: Error) => {
      assert.equal(error.message, `'${text}' is neither an IP address nor a CIDR network`);
      return true;
    });
  });
}
